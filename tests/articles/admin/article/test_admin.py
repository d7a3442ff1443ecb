from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from urllib.parse import urlencode

import pytest
from django.contrib import admin
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from articles.admin import ArticleAdmin
from articles.admin.article import changelist
from articles.admin.article.filters import STATUS_CHOICES
from articles.content.snapshots import snapshot_of
from articles.models import Article, Person, Tag
from articles.publishing.actions import save
from tests.articles.admin.desk import (
    ADD,
    ANYWAY,
    LIST,
    form_of,
    said,
    step_of,
    typed,
)
from tests.factories import (
    DAY,
    make_article,
    make_correction,
    make_person,
    make_request,
    make_user,
    make_visible_article,
)

# Writing


def test_a_new_article_belongs_to_who_began_it(desk, editor):
    desk.post(ADD, typed(title="Harbour closed", body="<p>It is.</p>"))
    article = Article.objects.get()
    assert (article.title, article.slug) == ("Harbour closed", "harbour-closed")
    assert (article.created_by, article.status) == (editor, "draft")
    assert article.body == "<p>It is.</p>"


def test_the_byline_keeps_its_order_and_makes_people_who_are_not_known(desk):
    ines = make_person(name="Inés Vega")
    desk.post(ADD, typed(signed_by='Tom Ash, inés Vega, "Davis, Jr.", Tom Ash'))
    people = Article.objects.get().people
    assert [person.name for person in people] == ["Tom Ash", "Inés Vega", "Davis, Jr."]
    assert people[1] == ines
    assert Person.objects.filter(name="Tom Ash").count() == 1


def test_a_name_that_two_people_have_must_say_which(desk):
    make_person(name="Kim Lee")
    two = make_person(name="Kim Lee")
    page = desk.post(ADD, typed(signed_by="Kim Lee", title="Kept"))
    assert f"Kim Lee ({two.slug})" in page.content.decode()
    assert "Kept</textarea>" in page.content.decode()
    desk.post(ADD, typed(signed_by=f"Kim Lee ({two.slug})"))
    article = Article.objects.get()
    assert article.people == [two]
    # The form writes it the same way, and saving it again changes nobody.
    assert f"Kim Lee ({two.slug})" in desk.get(form_of(article)).content.decode()
    desk.post(form_of(article), typed(article, signed_by="Kim Lee"))
    assert Article.objects.get().people == [two]


def test_tags_keep_their_order_and_their_spelling(desk):
    Tag.objects.create(name="Harbour", slug="harbour")
    desk.post(ADD, typed(tags="zoo, harbour, City, ZOO"))
    assert [tag.name for tag in Article.objects.get().tags.all()] == [
        "zoo",
        "Harbour",
        "City",
    ]


def test_a_writer_makes_no_new_tags(client, writer):
    Tag.objects.create(name="Harbour", slug="harbour")
    client.force_login(writer)
    page = client.post(ADD, typed(tags="Harbour, Unheard")).content.decode()
    assert "The tag “Unheard” does not exist." in page
    assert "Harbour, Unheard" in page
    assert not Article.objects.exists()


def test_a_body_loses_nothing_to_a_mistake_elsewhere(desk):
    page = desk.post(ADD, typed(title="", body="<p>Long &amp; hard work</p>"))
    assert page.context["adminform"].form["body"].value() == (
        "<p>Long &amp; hard work</p>"
    )
    assert "&lt;p&gt;Long &amp;amp; hard work" in page.content.decode()


def test_what_a_script_would_put_into_the_body_does_not_stay(desk):
    desk.post(ADD, typed(body='<p onclick="x()">a<script>x()</script></p>'))
    assert Article.objects.get().body == "<p>a</p>"


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("language", "<b>", "Write the language like"),
        ("signed_by", "x" * 200, "Is a comma missing?"),
        ("tags", "x" * 200, "Is a comma missing?"),
        ("slug", "taken", "belongs to another article"),
        ("slug", "was-taken", "belongs to another article"),
        ("slug", "---", "at least one letter or digit"),
        ("slug", "!?&", "can contain only letters"),
        ("signed_by", "x" * 200_000, "Is a comma missing?"),
        ("tags", '"' + "x" * 200_000, "Is a comma missing?"),
        ("embargo_until_0", "tomorrow", "valid date"),
        ("title", "nul\x00", "Null characters are not allowed"),
    ],
)
def test_a_mistake_gets_a_sentence(desk, field, value, sentence):
    other = make_visible_article(slug="was-taken")
    other.rename("taken")
    page = desk.post(ADD, typed(**{field: value}))
    assert page.status_code == 200
    assert sentence in page.content.decode()
    assert Article.objects.count() == 1


@pytest.mark.parametrize("slug", ["comments", "changes", "rss", "feeds", "0", "tags"])
def test_no_address_of_an_article_is_in_the_way_of_another_page(client, desk, slug):
    desk.post(ADD, typed(title="Mine", slug=slug))
    Article.objects.get().publish()
    for page in [f"/articles/{slug}/", f"/articles/{slug}/comments/"]:
        answer = client.get(page)
        assert answer.status_code == 200
        assert "Mine" in answer.content.decode()
    assert "Mine" not in client.get(f"/{slug}/").content.decode()


def test_a_new_address_of_a_public_article_leaves_a_redirect(desk, editor):
    article = make_visible_article(slug="first")
    desk.post(form_of(article), typed(article, slug="second"))
    article.refresh_from_db()
    assert article.slug == "first"
    desk.post(step_of(article, "changes"), ANYWAY)
    article.refresh_from_db()
    assert article.slug == "second"
    assert set(article.addresses.values_list("slug", flat=True)) == {"first", "second"}
    step = article.steps.get(what="rename")
    assert (step.by, step.reason) == (editor, "was first")


def test_an_emptied_address_stays_as_it_is(desk):
    article = make_article(slug="mine")
    desk.post(form_of(article), typed(article, slug="", title="Other"))
    article.refresh_from_db()
    assert (article.title, article.slug) == ("Other", "mine")


def test_saving_writes_back_only_what_was_typed(desk, monkeypatch):
    article = make_article()
    original = ArticleAdmin.save_form

    def somebody_publishes_meanwhile(self, request, form, change):
        Article.objects.get(pk=article.pk).publish()
        return original(self, request, form, change)

    monkeypatch.setattr(ArticleAdmin, "save_form", somebody_publishes_meanwhile)
    desk.post(form_of(article), typed(article, title="Better"))
    article.refresh_from_db()
    # It was published meanwhile, and stays published until its changes are published, too.
    assert article.status == "published"
    assert article.title != "Better"
    assert article.working_content()["title"] == "Better"


def test_of_two_who_edit_the_second_is_told_and_loses_nothing(desk):
    article = make_article(title="As it was")
    seen = desk.get(form_of(article)).context["adminform"].form["seen"].value()
    desk.post(form_of(article), typed(article, title="Theirs", seen=seen))
    page = desk.post(form_of(article), typed(article, title="Mine", seen=seen))
    assert "Someone has saved this article since you opened it" in (
        page.content.decode()
    )
    assert "Mine</textarea>" in page.content.decode()
    article.refresh_from_db()
    assert article.title == "Theirs"
    again = page.context["adminform"].form["seen"].value()
    desk.post(form_of(article), typed(article, title="Mine", seen=again))
    article.refresh_from_db()
    assert article.title == "Mine"


def test_an_embargo_does_not_hide_what_readers_see(desk):
    article = make_visible_article()
    page = desk.post(
        form_of(article),
        typed(article, embargo_until_0="2999-01-01", embargo_until_1="10:00"),
    )
    assert "Withdraw it to take it off the site" in page.content.decode()
    article.refresh_from_db()
    assert article.is_visible


@pytest.mark.parametrize(
    ("zone", "date", "time"),
    [
        ("Europe/Vienna", "0001-01-01", "00:00"),
        ("America/New_York", "9999-12-31", "23:59"),
    ],
)
def test_a_date_that_other_zones_cannot_express_is_refused(
    desk, settings, zone, date, time
):
    settings.TIME_ZONE = zone
    article = make_article()
    page = desk.post(
        form_of(article),
        typed(article, embargo_until_0=date, embargo_until_1=time),
    )
    assert "Check the year" in page.content.decode()
    assert f'value="{date}"' in page.content.decode()
    narrowed = {"published_at__year": date[:4].lstrip("0")}
    assert desk.get(LIST, narrowed, follow=True).status_code == 200


def test_an_embargo_moves_a_scheduled_article(desk):
    article = make_article()
    article.publish(at=timezone.now() + DAY)
    desk.post(
        form_of(article),
        typed(article, embargo_until_0="2999-01-01", embargo_until_1="10:00"),
    )
    article.refresh_from_db()
    assert article.published_at == datetime(2999, 1, 1, 10, tzinfo=UTC)
    assert not article.addresses.used().exists()


# The list


def test_the_list_says_in_words_where_each_article_stands(desk):
    make_article(title="d")
    make_article(title="r").submit()
    make_article(title="s").publish(at=timezone.now() + DAY)
    make_visible_article(title="p").put_on_top()
    withdrawn = make_visible_article(title="w")
    withdrawn.withdraw()
    page = desk.get(LIST).content.decode()
    for word in ["Draft", "In review", "Scheduled", "Published", "Withdrawn"]:
        assert f'{word.lower().replace(" ", "_")}">{word}</span>' in page
    assert page.count('class="on-top"') == 1


def test_the_list_marks_what_was_returned_and_what_readers_do_not_see_yet(desk):
    returned = make_article()
    returned.submit()
    returned.return_to_draft(note="Shorter.")
    changed = make_visible_article()
    page = desk.get(LIST).content.decode()
    assert page.count(">returned</span>") == 1
    assert ">unpublished changes</span>" not in page
    save(changed, snapshot_of(changed) | {"title": "New"})
    returned.submit()
    page = desk.get(LIST).content.decode()
    assert ">returned</span>" not in page
    assert page.count(">unpublished changes</span>") == 1


def test_the_pills_count_each_status_within_the_own_desk(client, desk, writer):
    make_article()
    make_article(created_by=writer).submit()
    make_visible_article()

    def counts(client):
        pills = client.get(LIST, {"status": "draft", "q": "x"}).context["cl"].pills
        assert [pill.label for pill in pills if pill.is_chosen] == ["Drafts"]
        assert all("q=x" in pill.link for pill in pills)
        return {pill.label: pill.count for pill in pills if pill.count not in {"", "0"}}

    assert counts(desk) == {"Drafts": "1", "In review": "1", "Published": "1"}
    client.force_login(writer)
    assert counts(client) == {"In review": "1"}


def test_the_pills_stop_counting(desk, monkeypatch):
    monkeypatch.setattr(changelist, "MOST_COUNTED", 1)
    for _ in range(2):
        make_article()
    [drafts] = [p for p in desk.get(LIST).context["cl"].pills if p.label == "Drafts"]
    assert drafts.count == "1+"


def test_filters_beside_the_pills_open_only_when_one_is_chosen(desk):
    closed, opened = "<details>", "<details open>"
    assert closed in desk.get(LIST, {"status": "draft"}).content.decode()
    assert opened in desk.get(LIST, {"mine": "yes"}).content.decode()


@pytest.mark.every_case
@pytest.mark.parametrize(
    ("filters", "titles"),
    [
        ({"status": "draft"}, {"d", "mine", "back"}),
        ({"status": "in_review"}, {"r"}),
        ({"status": "scheduled"}, {"s"}),
        ({"status": "published"}, {"p"}),
        ({"status": "withdrawn"}, {"w"}),
        ({"mine": "yes"}, {"mine"}),
        ({"tag": "harbour"}, {"r"}),
        ({"language": "de"}, {"s"}),
        ({"on_top__exact": "1"}, {"p"}),
        ({"q": "needle"}, {"d"}),
        ({"q": "NEEDLE a"}, {"d"}),
        ({"q": "straße"}, {"mine"}),
        ({"q": "Ölfeld"}, {"p"}),
        ({"q": "hollis"}, {"w"}),
        ({"q": "hollis harbour"}, set()),
        ({"q": "harbour"}, {"r"}),
        ({"q": '"two words"'}, {"w"}),
        ({"status": "returned"}, {"back"}),
        ({"status": "changed"}, {"p"}),
        ({"published_at__year": "2999"}, {"s"}),
        ({"published_at__year": "2999", "published_at__month": "1"}, {"s"}),
        ({"published_at__year": "2999", "published_at__month": "2"}, set()),
    ],
)
def test_the_list_can_be_narrowed(desk, editor, filters, titles):
    make_article(title="d", standfirst="a needle")
    make_article(title="mine", body="<p>Die Straße</p>", created_by=editor)
    make_article(title="r", tags=["Harbour"]).submit()
    make_article(title="s", language="de").publish(at=datetime(2999, 1, 15, tzinfo=UTC))
    public = make_visible_article(title="p", standfirst="Das ölfeld")
    public.put_on_top()
    save(public, snapshot_of(public) | {"body": "<p>New</p>"})
    people = [make_person(name="Clara Hollis")]
    make_visible_article(title="w", standfirst="two words", byline=people).withdraw()
    back = make_article(title="back")
    back.submit()
    back.return_to_draft(note="Shorter.")
    page = desk.get(LIST, filters)
    assert {article.title for article in page.context["cl"].result_list} == titles


@pytest.mark.every_case
@pytest.mark.parametrize(
    "filters",
    [
        {"published_at__year": "9999"},
        {"published_at__year": "x"},
        {"published_at__year": "2026", "published_at__month": "13"},
        {"published_at__year": "9999", "published_at__month": "12"},
        {"p": "x"},
        {"p": "999"},
        {"status": "nonsense"},
        {"tag": "no-such-tag"},
        {"o": "99.x"},
        {"q": "a\x00b"},
        {"q": "a " * 2000},
        {"q": "a" * 51_000},
        {"language": "a\x00b"},
        {"tag": "a\x00b"},
        {"slug": "a\x00b"},
    ],
)
def test_a_list_asked_for_nonsense_is_still_a_list(desk, filters):
    make_article()
    page = desk.get(LIST, filters, follow=True)
    assert page.status_code == 200
    assert b'id="changelist"' in page.content


@pytest.mark.parametrize("lookup", ["title__regex", "standfirst__iregex"])
def test_a_list_searches_for_no_pattern_from_the_address(desk, lookup):
    assert desk.get(LIST, {lookup: "(a+)+$"}).status_code == 400


def test_a_search_that_is_too_long_is_said_to_be(desk):
    page = desk.get(LIST, {"q": "a" * 201})
    assert "the limit is 200" in said(page)


def test_dates_lead_from_years_to_days(desk):
    make_visible_article(published_at=datetime(2024, 2, 3, tzinfo=UTC))
    make_visible_article(published_at=datetime(2026, 2, 3, tzinfo=UTC))

    def links(**filters):
        dates = desk.get(LIST, filters).context["cl"].dates
        return [choice["title"] for choice in dates["choices"]]

    assert links() == ["2026", "2025", "2024"]
    assert links(published_at__year="2024")[1] == "February 2024"
    days = links(published_at__year="2024", published_at__month="2")
    # The date format depends on the language of the site.
    assert (sorted(days[0].split()), len(days)) == (["1", "February"], 29)
    day = links(
        published_at__year="2024", published_at__month="2", published_at__day="3"
    )
    assert [sorted(title.split()) for title in day] == [["3", "February"]]


def test_the_list_says_who_signed_or_who_began(desk):
    make_article(title="Signed", byline=[make_person(name="Inés Vega")])
    make_article(title="Begun", created_by=make_user(first_name="Mo", last_name="Berg"))
    page = desk.get(LIST)
    said_of = {
        article.title: ArticleAdmin(Article, admin.site).writers(article)
        for article in page.context["cl"].result_list
    }
    assert said_of["Signed"] == "By Inés Vega"
    assert "created by Mo Berg" in said_of["Begun"]
    assert "created by Mo Berg" in page.content.decode()


def test_the_list_takes_the_same_queries_for_one_article_and_for_many(desk):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert desk.get(LIST).status_code == 200
        return len(captured)

    make_visible_article(tags=["a"], byline=[make_person()], created_by=make_user())
    desk.get(LIST)
    one = queries()
    for _ in range(12):
        make_visible_article(
            tags=["a", "b"],
            byline=[make_person(), make_person()],
            created_by=make_user(),
        )
    assert queries() == one
    # Two of them count what waits, for the sidebar, one finds saved filters, and one for each
    # status counts the articles of a pill.
    assert one <= 16 + 2 + 1 + len(STATUS_CHOICES)


def test_the_form_takes_the_same_queries_alone_and_among_many(desk):
    def queries(article):
        with CaptureQueriesContext(connection) as captured:
            assert desk.get(form_of(article)).status_code == 200
        return len(captured)

    article = make_article(tags=["a"], byline=[make_person()])
    desk.get(form_of(article))
    one = queries(article)
    for _ in range(12):
        make_article(tags=["a", "b"], byline=[make_person(), make_person()])
    crowded = make_article(tags=["a", "b", "c"], byline=[make_person(), make_person()])
    for _ in range(3):
        make_correction(article=crowded)
        make_request(article=crowded)
    assert queries(crowded) == one
    # Two of them count what waits, for the sidebar.
    assert one <= 34


# Previous, next, and saving on the way


def test_save_and_next_goes_to_the_one_that_followed_though_the_saved_one_left(desk):
    first, second, third = (
        make_article(title=f"Story {letter}", language="de") for letter in "abc"
    )
    filters = urlencode({"_changelist_filters": "language=de&o=1"})
    response = desk.post(
        f"{form_of(first)}?{filters}",
        typed(first, language="en", _savenext="1"),
    )
    assert response.url == f"{form_of(second)}?{filters}"
    first.refresh_from_db()
    assert first.language == "en"
    last = desk.post(f"{form_of(third)}?{filters}", typed(third, _savenext="1"))
    assert last.url == f"{LIST}?language=de&o=1"
    assert "last item in this list" in said(last)


def test_a_form_with_a_mistake_goes_nowhere(desk):
    make_article()
    other = make_article()
    page = desk.post(form_of(other), typed(other, title="", _savenext="1"))
    assert page.status_code == 200
    assert "This field is required" in page.content.decode()


# Deleting


def test_a_draft_that_nobody_saw_can_be_deleted(desk):
    article = make_article()
    delete = reverse("admin:articles_article_delete", args=[article.pk])
    desk.post(delete, {"post": "yes"})
    assert not Article.objects.exists()


@pytest.mark.parametrize("past", ["public", "renamed", "submitted", "scheduled"])
def test_what_has_a_past_is_never_deleted(desk, past):
    article = make_article() if past in {"submitted", "scheduled"} else None
    article = article or make_visible_article()
    if past == "renamed":
        article.rename("other")
    elif past == "submitted":
        article.submit()
        article.return_to_draft()
    elif past == "scheduled":
        article.publish(at=timezone.now() + DAY)
    delete = reverse("admin:articles_article_delete", args=[article.pk])
    assert delete not in desk.get(form_of(article)).content.decode()
    response = desk.post(delete, {"post": "yes"})
    assert response.url == form_of(article)
    assert "cannot be deleted" in said(response)
    assert Article.objects.filter(pk=article.pk).exists()


def test_the_list_offers_no_deleting(desk):
    make_article()
    assert "delete_selected" not in desk.get(LIST).content.decode()


@pytest.mark.django_db(transaction=True)
def test_of_two_who_take_an_address_at_the_same_instant_one_is_asked_for_another():
    editors = [make_user(role="Editors") for _ in range(4)]

    def write(editor):
        client = Client()
        client.force_login(editor)
        try:
            return client.post(ADD, typed(title="Breaking", slug="breaking"))
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as desks:
        answers = list(desks.map(write, editors))
    assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 302]
    assert Article.objects.count() == 1
    for answer in answers:
        if answer.status_code == 200:
            assert "slug" in answer.context["adminform"].form.errors


def test_a_time_is_entered_with_the_zone_of_the_site_beside_it(desk, settings):
    settings.TIME_ZONE = "Europe/Vienna"
    article = make_visible_article()
    for address in [form_of(article), step_of(make_article(), "schedule")]:
        page = desk.get(address).content.decode()
        assert page.count('class="datetime"') == page.count("</span> Europe/Vienna")
        assert "</span> Europe/Vienna" in page
