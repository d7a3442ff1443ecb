"""The line of names in the article form."""

import pytest
from pytest_django.asserts import assertContains

from articles.content.bylines import byline_in_words
from articles.models import Article, Person
from tests.articles.admin.desk import ADD, form_of, typed
from tests.factories import make_article, make_person, make_visible_article


def byline(article=None):
    article = article or Article.objects.get()
    return byline_in_words(article.credits.select_related("person"))


def written(desk, article):
    return desk.get(form_of(article)).context["adminform"].form.initial["signed_by"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("Ana Ruiz, Ben Cole (photographs)", "By Ana Ruiz; photographs by Ben Cole"),
        ("Ben Cole (PHOTOS), Ana Ruiz (by)", "By Ana Ruiz; photographs by Ben Cole"),
        ("Ana Ruiz, Ana Ruiz (photographs)", "By Ana Ruiz; photographs by Ana Ruiz"),
        (
            '"Davis, Jr." (editing), "Lee, Kim (reporting)"',
            "Reporting by Lee, Kim; editing by Davis, Jr.",
        ),
        ("B (reporting), A, C (reporting)", "By A; reporting by B and C"),
        (
            "Ana Ruiz, Fotos: Ben Cole, Cleo Diaz",
            "By Ana Ruiz; photographs by Ben Cole and Cleo Diaz",
        ),
        (
            "ana ruiz, Ana Ruiz (photographs), ANA RUIZ",
            "By ana ruiz; photographs by ana ruiz",
        ),
    ],
)
def test_a_byline_is_written_in_one_line_and_read_again(desk, line, said):
    desk.post(ADD, typed(signed_by=line))
    article = Article.objects.get()
    assert byline() == said
    people = set(Person.objects.values_list("pk"))
    desk.post(form_of(article), typed(article, signed_by=written(desk, article)))
    assert byline() == said
    assert set(Person.objects.values_list("pk")) == people


def test_namesakes_with_a_role_say_which_of_them(desk):
    make_person(name="Kim Lee")
    two = make_person(name="Kim Lee")
    page = desk.post(ADD, typed(signed_by="Kim Lee (photographs)"))
    assertContains(page, f"Kim Lee ({two.slug})")
    desk.post(ADD, typed(signed_by=f"Kim Lee ({two.slug}) (photographs)"))
    article = Article.objects.get()
    assert [credit.person for credit in article.credits.all()] == [two]
    assert written(desk, article) == f"Kim Lee ({two.slug}) (photographs)"


def test_people_whose_name_or_address_is_a_role_are_written_so_that_they_are_read_again(
    desk,
):
    for name in ["Editing", "Editing", "Ana (photos)"]:
        make_person(name=name)
    article = make_article(byline=Person.objects.order_by("pk"))
    line = written(desk, article)
    assert line == "Editing (editing) (by), Editing (editing-2), Ana (photos) (by)"
    desk.post(form_of(article), typed(article, signed_by=line, title="Saved"))
    article.refresh_from_db()
    assert article.title == "Saved"
    assert Article.objects.get().people == list(Person.objects.order_by("pk"))


@pytest.mark.parametrize(
    "line", ["Ben Cole (stunts)", "Ana, Ben Cole (text and photos)"]
)
def test_brackets_that_mean_nothing_are_told_and_make_nobody(desk, line):
    page = desk.post(ADD, typed(signed_by=line, title="Kept"))
    assertContains(
        page, "is not a role, and no author called Ben Cole has that address"
    )
    assertContains(page, "Kept</textarea>")
    assert not Person.objects.exists()
    desk.post(ADD, typed(signed_by=f"{line} (by)"))
    assert Article.objects.get().people[-1].name == line.removeprefix("Ana, ")


def test_somebody_known_by_a_name_with_brackets_is_found(desk):
    person = make_person(name="Wire (AP)")
    desk.post(ADD, typed(signed_by="wire (AP), Wire (AP) (photographs)"))
    assert [credit.person for credit in Article.objects.get().credits.all()] == [
        person,
        person,
    ]


def test_a_name_that_is_too_long_is_told_so(desk):
    page = desk.post(ADD, typed(signed_by="x" * 121 + " (photographs)"))
    assertContains(page, "is longer than 120 characters")


def test_the_list_of_articles_says_the_byline_as_readers_read_it(desk):
    ana, ben = make_person(name="Ana"), make_person(name="Ben")
    make_visible_article().set_byline((ben, "photographs"), (ana, "by"))
    page = desk.get("/admin/articles/article/")
    assertContains(page, "By Ana; photographs by Ben")
