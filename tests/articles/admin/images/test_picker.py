import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from articles.admin.images import picker
from articles.images import library
from articles.models import Article, Image
from articles.publishing import actions as steps
from articles.publishing import preflight
from tests.articles.admin.desk import form_of, typed
from tests.factories import (
    make_article,
    make_image,
    make_person,
    make_picture_file,
    make_user,
    make_visible_article,
)

PICK = reverse("admin:articles_image_pick")


def picked(image):
    return reverse("admin:articles_image_picked", args=[image.pk])


def test_the_picker_shows_the_newest_and_what_a_search_finds(desk):
    make_image(alt="A pier", credit="Ben Cole")
    make_image(alt="Boats")
    page = desk.get(PICK)
    assert [image.alt for image in page.context["images"]] == ["Boats", "A pier"]
    page = desk.get(PICK, {"q": "pier ben"})
    assert [image.alt for image in page.context["images"]] == ["A pier"]
    assertContains(desk.get(PICK, {"q": "zeppelin"}), "Try fewer words.")


def test_pages_follow_each_other_to_the_oldest(desk, monkeypatch):
    monkeypatch.setattr(picker, "PICTURES_PER_PAGE", 2)
    images = [make_image() for _ in range(5)]
    found, before = [], ""
    while before is not None:
        page = desk.get(PICK, {"before": before})
        found += page.context["images"]
        before = page.context["older"]
    assert found == images[::-1]


def test_what_was_taken_off_the_site_is_not_offered(desk):
    image = make_image(alt="Gone")
    library.take_down(image, reason="x")
    assertNotContains(desk.get(PICK), "Gone")
    assert desk.get(picked(image)).status_code == 404


def test_the_editor_learns_what_it_shows_of_a_picture(desk):
    image = make_image(alt="A pier", caption="In May", credit="Ben")
    about = desk.get(picked(image)).json()
    assert about["src"] == f"/media/image/{image.pk}/"
    assert (about["alt"], about["caption"], about["credit"]) == (
        "A pier",
        "In May",
        "Ben",
    )


@pytest.mark.parametrize(
    ("role", "answer"), [("Editors", 200), ("Writers", 200), ("Moderators", 403)]
)
def test_who_sees_the_library_picks_from_it(client, db, role, answer):
    client.force_login(make_user(role=role))
    assert client.get(PICK).status_code == answer
    assert client.get(picked(make_image())).status_code == answer


def test_the_picker_asks_as_much_for_one_picture_as_for_many(desk):
    numbers = set()
    for _ in range(2):
        for _ in range(5):
            make_image()
        desk.get(PICK)
        with CaptureQueriesContext(connection) as queries:
            desk.get(PICK)
        numbers.add(len(queries))
    assert len(numbers) == 1


# The lead image on the form of an article


def test_a_lead_image_is_saved_with_its_own_words(desk):
    article, image = make_article(), make_image(title="Pier")
    desk.post(
        form_of(article),
        typed(article, lead_image=image.pk, lead_alt="Two boats", lead_caption="May"),
    )
    article.refresh_from_db()
    assert (article.lead_image, article.lead_alt, article.lead_caption) == (
        image,
        "Two boats",
        "May",
    )
    page = desk.get(form_of(article))
    assertContains(page, image.thumbnail)
    assertContains(page, f'value="{image.pk}"')
    assertContains(page, "Pier")


def test_a_lead_image_of_a_live_article_waits_in_the_working_copy(desk):
    article, image = make_visible_article(), make_image()
    desk.post(form_of(article), typed(article, lead_image=image.pk))
    article.refresh_from_db()
    assert article.lead_image is None
    assert article.has_unpublished_changes
    steps.publish_changes(article)
    assert article.lead_image == image


@pytest.mark.parametrize("key", ["0", "999", "9" * 25, "x"])
def test_a_number_that_is_no_picture_is_said_to_be_none(desk, key):
    article = make_article()
    page = desk.post(form_of(article), typed(article, lead_image=key, title="Kept"))
    assert page.status_code == 200
    assertContains(page, "Kept</textarea>")
    assertContains(page, "errorlist")


def test_a_revision_is_restored_with_the_file_that_stands_there_now(db):
    article, image = make_article(), make_image()
    first = article.keep_revision()
    with_it = steps.save(
        article, {"lead_image": {"image": image.pk, "alt": "", "caption": ""}}
    )
    steps.save(article, {"lead_image": None}, began_from=with_it.pk)
    library.update_image(image, file=make_picture_file(width=90))
    steps.restore(article, with_it, began_from=article.working_copy.pk)
    article.refresh_from_db()
    assert (article.lead_image, article.lead_image.width) == (image, 90)
    # A revision from before there were pictures does not change it.
    content = {
        name: value for name, value in first.content.items() if name != "lead_image"
    }
    article.revisions.filter(pk=first.pk).update(content=content | {"title": "Old"})
    first.refresh_from_db()
    steps.restore(article, first, began_from=article.working_copy.pk)
    article.refresh_from_db()
    assert (article.title, article.lead_image) == ("Old", image)


def test_a_revision_whose_picture_was_deleted_is_restored_without_it(desk):
    article, image = make_article(), make_image()
    with_it = steps.save(
        article, {"lead_image": {"image": image.pk, "alt": "", "caption": ""}}
    )
    steps.save(article, {"lead_image": None}, began_from=with_it.pk)
    library.delete(image)
    address = reverse("admin:articles_article_restore", args=[article.pk, with_it.pk])
    page = desk.post(address, {"seen": article.working_copy.pk}, follow=True)
    # Without its picture it equals what the article already says.
    assertContains(page, "Nothing to restore")
    steps.save(article, {"title": "Newer"}, began_from=article.working_copy.pk)
    page = desk.post(address, {"seen": article.working_copy.pk}, follow=True)
    assertContains(page, "Its lead image is no longer in the library")
    assert Article.objects.get().lead_image is None


def test_publishing_stops_where_a_picture_is_gone_or_says_nothing(db):
    def problems(**fields):
        byline = [make_person()]
        article = make_article(standfirst="x", tags=["Sea"], byline=byline, **fields)
        [found] = preflight.problems_of_all([article]).values()
        return [(one.kind, one.sentence[:30]) for one in found]

    def figure(image, alt=""):
        return f'<p>x</p><figure><img src="/media/image/{image.pk}/" alt="{alt}" data-file="{image.pk}"></figure>'

    sound = make_image(credit="Ben")
    assert problems(lead_image=sound, body=figure(sound)) == []
    mute = make_image(alt="", credit="Ben")
    assert problems(body=figure(mute))[0][0] == "error"
    assert problems(body=figure(mute, alt="A pier")) == []
    assert problems(lead_image=mute, lead_alt="A pier") == []
    assert problems(lead_image=make_image())[0][0] == "warning"
    library.take_down(sound, reason="x")
    assert problems(lead_image=sound)[0][1].startswith("Picture ")
    assert problems(body=figure(sound))[0][0] == "error"


def test_problems_of_many_articles_cost_as_much_as_those_of_one(db):
    numbers = set()
    for number in [1, 12]:
        articles = [make_article(lead_image=make_image()) for _ in range(number)]
        with CaptureQueriesContext(connection) as queries:
            preflight.problems_of_all(articles)
        numbers.add(len(queries))
    assert len(numbers) == 1


def describe(client, image, **words):
    address = reverse("admin:articles_image_describe", args=[image.pk])
    return client.post(address, words)


def test_what_is_typed_beside_a_picture_is_stored_in_the_library(desk):
    image = make_image(alt="", credit="", caption="In May")
    answer = describe(desk, image, alt=" A  pier ", credit="Ben Cole")
    assert answer.json() == {"alt": "A pier", "credit": "Ben Cole", "caption": "In May"}
    image.refresh_from_db()
    assert (image.alt, image.credit) == ("A pier", "Ben Cole")
    assert LogEntry.objects.count() == 1


def test_an_alt_text_of_the_library_is_not_replaced_from_a_text(desk):
    image = make_image(alt="A pier", credit="Ana")
    assert describe(desk, image, alt="Boats").json()["alt"] == "A pier"
    assert describe(desk, image, credit="").json()["credit"] == ""
    decorative = make_image(alt="", decorative=True)
    assert describe(desk, decorative, alt="Boats").json()["alt"] == ""
    assert LogEntry.objects.count() == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"alt": "x" * 501}, "Alt text: Ensure this value has at most 500 characters"),
        ({"credit": "x" * 251}, "Credit: Ensure this value has at most 250 characters"),
        ({"alt": "IMG_1234.jpg"}, "This is a file name."),
        ({"credit": "a\x00b"}, "Null characters are not allowed."),
    ],
)
def test_what_cannot_be_stored_is_refused_with_a_sentence(desk, words, said):
    image = make_image(alt="", credit="Ana")
    answer = describe(desk, image, **{"credit": "Ben"} | words)
    assert answer.status_code == 400
    assert said in answer.json()["sentence"]
    image.refresh_from_db()
    assert (image.alt, image.credit) == ("", "Ana")


def test_writers_describe_the_pictures_that_they_uploaded(client, db):
    writer = make_user(role="Writers")
    client.force_login(writer)
    assert describe(client, make_image(created_by=writer)).status_code == 200
    assert describe(client, make_image()).status_code == 403


def test_a_picture_that_is_off_the_site_is_not_described(desk):
    image = make_image()
    library.take_down(image, reason="x")
    assert describe(desk, image, credit="Ben").status_code == 404


def test_an_upload_tells_the_editor_what_it_needs_to_know(desk):
    answer = desk.post(
        reverse("admin:articles_image_add"),
        {"files": make_picture_file(width=90, height=60)},
        headers={"accept": "application/json"},
    )
    [result] = answer.json()["results"]
    about = {name: result[name] for name in ["credit", "caption", "width", "height"]}
    assert about == {"credit": "", "caption": "", "width": 90, "height": 60}
    assert result == result | desk.get(picked(Image.objects.get())).json()
