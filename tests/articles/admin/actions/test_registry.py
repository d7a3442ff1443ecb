from datetime import UTC, datetime

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles.admin.actions.registry import ARTICLE_STEPS
from articles.admin.article.admin import time_until
from articles.models import Article
from articles.publishing.actions import save
from newsroom.accounts.account_mail import send_due
from newsroom.models import StaffMail
from tests.articles.admin.desk import (
    ADD,
    ANYWAY,
    LIST,
    act,
    buttons,
    form_of,
    said,
    step_of,
    typed,
)
from tests.factories import (
    DAY,
    HOUR,
    make_article,
    make_person,
    make_user,
    make_visible_article,
)

IN_2999 = {"at_0": "2999-01-01", "at_1": "10:00"}

# Which steps have a button


def test_only_the_steps_that_are_possible_now_are_shown(desk):
    draft = make_article()
    review = make_article()
    review.submit()
    scheduled = make_article()
    scheduled.publish(at=timezone.now() + DAY)
    published, on_top = make_visible_article(), make_visible_article()
    on_top.put_on_top()
    withdrawn = make_visible_article()
    withdrawn.withdraw()
    shown = {
        draft: ["publish", "submit", "schedule"],
        review: ["publish", "schedule", "return"],
        scheduled: ["changes", "redate", "return"],
        published: ["changes", "correct", "redate", "top", "withdraw"],
        on_top: ["changes", "correct", "redate", "off_top", "withdraw"],
        withdrawn: ["publish", "schedule", "return"],
    }
    for article, names in shown.items():
        page = desk.get(form_of(article))
        assert buttons(page) == names
        for name in names:
            label = ARTICLE_STEPS[name].label + (
                "…" if ARTICLE_STEPS[name].form else ""
            )
            assert f'name="_step" value="{name}">{label}<' in page.content.decode()
    assert buttons(desk.get(ADD)) == shown[draft]


# From the form: save the fields, ask, take the step


def test_what_was_just_typed_is_published_from_the_form(desk):
    article = make_visible_article(title="Old")
    response = desk.post(form_of(article), typed(article, title="New", _step="changes"))
    assert response.url == step_of(article, "changes")
    article.refresh_from_db()
    assert article.title == "Old"
    seen = desk.get(response.url).context["form"]["seen"].value()
    desk.post(response.url, ANYWAY | {"seen": seen})
    article.refresh_from_db()
    assert article.title == "New"


def test_where_nothing_was_typed_there_is_nothing_to_publish(desk):
    article = make_visible_article()
    response = desk.post(form_of(article), typed(article, _step="changes"))
    assert "there is nothing to publish" in said(response)
    assert not article.steps.exists()


def test_publishing_saves_what_was_typed_and_asks_once_more(desk, editor):
    article = make_article()
    response = desk.post(
        form_of(article), typed(article, title="As typed", _step="publish")
    )
    assert response.url == step_of(article, "publish")
    article.refresh_from_db()
    assert (article.title, article.status) == ("As typed", "draft")
    page = desk.get(response.url).content.decode()
    assert "Publish “As typed”?" in page
    assert "This puts it on the front page" in page
    response = desk.post(step_of(article, "publish"), ANYWAY)
    assert response.url == form_of(article)
    assert "“As typed” is now published." in said(response)
    article.refresh_from_db()
    assert article.is_visible
    assert (article.steps.get().what, article.steps.get().by) == ("publish", editor)


def test_a_new_article_can_be_submitted_without_being_saved_first(desk, editor):
    desk.post(ADD, typed(title="Straight", _step="submit"))
    article = Article.objects.get()
    assert (article.title, article.status) == ("Straight", "in_review")
    assert article.steps.get().by == editor


def test_a_form_with_a_mistake_takes_no_step_and_loses_nothing(desk):
    article = make_article()
    page = desk.post(
        form_of(article), typed(article, title="", body="<p>New</p>", _step="submit")
    )
    html = page.content.decode()
    assert "“Submit for review” was not done" in html
    assert page.context["adminform"].form["body"].value() == "<p>New</p>"
    article.refresh_from_db()
    assert article.status == "draft"


def test_a_step_that_somebody_else_took_first_keeps_the_text_and_says_who(desk):
    article = make_article()
    other = make_user(role="Editors", first_name="Ada", last_name="Okoro")
    desk.post(form_of(article), typed(article, title="Mine", _step="publish"))
    Article.objects.get(pk=article.pk).publish(by=other)
    response = desk.post(step_of(article, "publish"), follow=True)
    html = response.content.decode()
    assert "is published now" in html
    article.refresh_from_db()
    assert article.title == "Mine"
    assert article.steps.count() == 1


def test_the_loser_of_a_race_reads_who_won(desk, monkeypatch):
    article = make_article()
    other = make_user(role="Editors", first_name="Ada", last_name="Okoro")
    from articles.admin.article import admin as module

    original = module.ArticleAdmin._take

    def after_the_other(self, request, one, step, answers):
        Article.objects.get(pk=one.pk).submit(by=other)
        return original(self, request, one, step, answers)

    monkeypatch.setattr(module.ArticleAdmin, "_take", after_the_other)
    response = desk.post(form_of(article), typed(article, title="Mine", _step="submit"))
    assert "Ada Okoro submitted it for review on" in said(response)
    article.refresh_from_db()
    assert (article.title, article.steps.count()) == ("Mine", 1)


@pytest.mark.parametrize(
    ("date", "time", "sentence"),
    [
        ("", "", "Give the date and the time."),
        ("2999-01-01", "", "an empty one does not mean now"),
        ("", "10:00", "an empty one does not mean today"),
        ("2020-01-01", "10:00", "That time is past"),
        ("soon", "10:00", "Write the date as"),
        ("2999-01-01", "noon", "Write the time as"),
        ("0001-01-01", "00:00", "Look at the year again"),
        ("9999-12-31", "23:59", "Look at the year again"),
    ],
)
def test_an_empty_date_never_means_now(desk, date, time, sentence):
    article = make_article()
    page = desk.post(step_of(article, "schedule"), {"at_0": date, "at_1": time})
    assert sentence in page.content.decode()
    assert f'value="{date}"' in page.content.decode() or not date
    article.refresh_from_db()
    assert article.status == "draft"


def test_scheduling_takes_the_hour_that_was_given(desk, settings):
    settings.TIME_ZONE = "Europe/Vienna"
    timezone.get_default_timezone.cache_clear()
    try:
        article = make_article()
        desk.post(step_of(article, "schedule"), IN_2999 | ANYWAY)
        article.refresh_from_db()
        assert article.is_scheduled
        assert article.published_at == datetime(2999, 1, 1, 9, tzinfo=UTC)
    finally:
        timezone.get_default_timezone.cache_clear()


@pytest.mark.parametrize("date", ["2030-03-31", "2030-10-27"])
def test_an_hour_that_the_clocks_skip_or_strike_twice_is_asked_for_again(
    desk, settings, date
):
    settings.TIME_ZONE = "Europe/Vienna"
    timezone.get_default_timezone.cache_clear()
    try:
        article = make_article()
        page = desk.post(
            step_of(article, "schedule"), {"at_0": date, "at_1": "02:30"} | ANYWAY
        )
        assert "may be ambiguous or it may not exist" in page.content.decode()
        article.refresh_from_db()
        assert article.status == "draft"
    finally:
        timezone.get_default_timezone.cache_clear()


def test_a_date_is_put_right_from_what_it_is(desk):
    article = make_visible_article(published_at=datetime(2020, 3, 4, 5, 6, tzinfo=UTC))
    page = desk.get(step_of(article, "redate")).content.decode()
    assert 'value="2020-03-04"' in page
    assert 'value="05:06:00"' in page
    article.withdraw()
    assert 'value="2020' not in desk.get(step_of(article, "schedule")).content.decode()


def test_a_wrong_publication_date_can_be_put_right(desk):
    article = make_visible_article()
    desk.post(step_of(article, "redate"), {"at_0": "2020-01-01", "at_1": "10:00"})
    article.refresh_from_db()
    assert article.published_at == datetime(2020, 1, 1, 10, tzinfo=UTC)
    response = desk.post(
        step_of(article, "redate"), {"at_0": "2999-01-01", "at_1": "10:00"}
    )
    assert "cannot lie in the future" in said(response)


def test_a_story_is_put_on_top_and_taken_off(desk):
    article, other = make_visible_article(), make_visible_article()
    other.put_on_top()
    desk.post(form_of(article), typed(article, _step="top"))
    assert list(Article.objects.on_top()) == [article]
    desk.post(form_of(article), typed(article, _step="off_top"))
    assert not Article.objects.on_top().exists()


def test_withdrawing_keeps_the_reason_inside_and_shows_the_notice(desk):
    article = make_visible_article()
    page = desk.post(step_of(article, "withdraw"), {"kind": "gone", "notice": "Sorry"})
    assert "This field is required" in page.content.decode()
    assert "Sorry" in page.content.decode()
    article.refresh_from_db()
    assert article.is_visible
    desk.post(
        step_of(article, "withdraw"),
        {"kind": "vanished", "notice": "Sorry", "reason": "A lawyer wrote"},
    )
    article.refresh_from_db()
    assert (article.status, article.withdrawal, article.notice) == (
        "withdrawn",
        "vanished",
        "Sorry",
    )
    assert article.steps.get().reason == "A lawyer wrote"


# Returning


def test_a_returned_draft_carries_the_note_and_its_writer_gets_it_by_mail(
    desk, editor, writer, client
):
    article = make_article(title="Harbour", created_by=writer)
    article.submit(by=writer)
    page = desk.post(step_of(article, "return"), {"note": ""})
    assert "This field is required" in page.content.decode()
    desk.post(step_of(article, "return"), {"note": "Check the third paragraph."})
    send_due()
    article.refresh_from_db()
    assert article.status == "draft"
    [message] = mail.outbox
    assert message.to == [writer.email]
    assert "Harbour" in message.subject
    assert "Check the third paragraph." in message.body
    assert form_of(article) in message.body
    client.force_login(writer)
    form = client.get(form_of(article)).content.decode()
    assert "Returned by Edda Torres" in form
    assert form.index("Check the third paragraph.") < form.index('name="title"')


def test_the_note_is_gone_when_the_draft_is_submitted_again(desk, writer):
    article = make_article(created_by=writer)
    article.submit(by=writer)
    article.return_to_draft(note="Once more.")
    article.submit(by=writer)
    form = desk.get(form_of(article))
    assert form.context["returned"] is None
    assert "Once more." in form.content.decode()  # among the steps


def test_a_mail_server_that_is_down_loses_nothing(desk, writer, settings):
    settings.MAILERS = {
        "default": {
            "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "OPTIONS": {"host": "127.0.0.1", "port": 1, "timeout": 1},
        }
    }
    article = make_article(created_by=writer)
    article.submit()
    response = desk.post(step_of(article, "return"), {"note": "Please shorten."})
    assert response.status_code == 302
    article.refresh_from_db()
    assert (article.status, article.last_return.reason) == ("draft", "Please shorten.")
    assert not send_due()
    settings.MAILERS = {
        "default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}
    }
    StaffMail.objects.update(next_try_at=timezone.now())
    send_due()
    [message] = mail.outbox
    assert "Please shorten." in message.body


def test_a_title_cannot_forge_a_line_of_the_mail(desk, writer):
    article = make_article(title="Harbour\nBcc: all@example.com", created_by=writer)
    article.submit()
    desk.post(step_of(article, "return"), {"note": "<b>&amp;</b>"})
    send_due()
    [message] = mail.outbox
    assert "\n" not in message.subject
    assert "<b>&amp;</b>" in message.body


# Bulk actions


def test_the_list_submits_many_and_says_which_could_not_be(desk, editor):
    one, two, published = make_article(), make_article(), make_visible_article()
    response = act(desk, "submit", one, two, published, index="0")
    assert {article.status for article in Article.objects.in_review()} == {"in_review"}
    assert Article.objects.in_review().count() == 2
    assert f"“{published}” is published" in said(response)
    assert one.steps.get().by == editor


def test_the_list_publishes_after_asking(desk):
    one, two = make_article(), make_article()
    page = act(desk, "publish", one, two, index="0")
    assert "Publish 2 articles?" in page.content.decode()
    assert not Article.objects.visible().exists()
    act(desk, "publish", one, two, _confirmed="1", **ANYWAY)
    assert Article.objects.visible().count() == 2


def test_the_list_schedules_nothing_without_a_date(desk):
    article = make_article()
    page = act(desk, "schedule", article, index="0")
    assert "When should" in page.content.decode()
    page = act(desk, "schedule", article, _confirmed="1", at_0="", at_1="")
    assert "Give the date and the time." in page.content.decode()
    assert f'value="{article.pk}"' in page.content.decode()
    article.refresh_from_db()
    assert article.status == "draft"
    act(desk, "schedule", article, _confirmed="1", **IN_2999, **ANYWAY)
    article.refresh_from_db()
    assert article.is_scheduled


def test_the_list_returns_and_withdraws_with_words(desk):
    review, live = make_article(), make_visible_article()
    review.submit()
    act(desk, "return", review, _confirmed="1", note="Shorter.")
    act(desk, "withdraw", live, _confirmed="1", reason="Wrong", kind="gone")
    review.refresh_from_db()
    live.refresh_from_db()
    assert (review.status, review.last_return.reason) == ("draft", "Shorter.")
    assert (live.status, live.steps.first().reason) == ("withdrawn", "Wrong")


def test_too_many_at_once_are_refused(desk, monkeypatch):
    monkeypatch.setattr("articles.admin.actions.bulk.MOST_ARTICLES_AT_ONCE", 2)
    articles = [make_article() for _ in range(3)]
    response = act(desk, "submit", *articles, index="0")
    assert "more than 2 articles" in said(response)
    assert not Article.objects.in_review().exists()


# Preflight


def make_sound_article(**fields):
    """A draft in which preflight finds nothing."""
    fields = {"standfirst": "In short.", "tags": ["Harbour"]} | fields
    return make_article(byline=[make_person()], **fields)


def test_an_article_in_order_is_published_without_a_tick(desk):
    article = make_sound_article()
    page = desk.get(step_of(article, "publish")).content.decode()
    assert "Publish all the same" not in page
    assert f"/articles/{article.slug}/." in page
    desk.post(step_of(article, "publish"))
    article.refresh_from_db()
    assert article.is_visible


def test_warnings_want_one_tick(desk):
    article = make_sound_article(tags=[])
    page = desk.post(step_of(article, "publish")).content.decode()
    assert "It has no tags" in page
    assert "Tick this to go on" in page
    article.refresh_from_db()
    assert article.status == "draft"
    desk.post(step_of(article, "publish"), ANYWAY)
    article.refresh_from_db()
    assert article.is_visible


def test_errors_stop_publishing_but_not_saving(desk):
    article = make_sound_article()
    address = step_of(article, "publish")
    response = desk.post(form_of(article), typed(article, body="", _step="publish"))
    assert response.url == address
    page = desk.get(address).content.decode()
    assert "It has no text" in page
    assert '<button class="steps__button' not in page
    page = desk.post(address, ANYWAY)
    assert "cannot become public as it is" in page.content.decode()
    article.refresh_from_db()
    assert (article.body, article.status) == ("", "draft")


def test_an_error_stops_scheduling_and_changes_as_well(desk):
    draft, live = make_sound_article(body=""), make_visible_article()
    save(live, {"body": ""})
    desk.post(step_of(draft, "schedule"), IN_2999 | ANYWAY)
    desk.post(step_of(live, "changes"), ANYWAY)
    draft.refresh_from_db()
    live.refresh_from_db()
    assert (draft.status, live.body) == ("draft", "<p>What happened.</p>")


def test_the_list_publishes_what_is_in_order_and_says_of_the_rest_why_not(desk):
    sound, empty = make_sound_article(), make_sound_article(title="Empty", body="")
    page = act(desk, "publish", sound, empty, index="0").content.decode()
    assert "It has no text" in page
    assert "Publish all the same" not in page
    response = act(desk, "publish", sound, empty, _confirmed="1")
    assert "“Empty” was not published. It has no text." in said(response)
    assert list(Article.objects.visible()) == [sound]


def test_one_article_or_many_are_looked_at_with_as_many_queries(desk):
    articles = [make_sound_article(body="") for _ in range(12)]
    act(desk, "publish", articles[0], index="0")
    numbers = set()
    for chosen in [articles[:2], articles]:
        with CaptureQueriesContext(connection) as queries:
            act(desk, "publish", *chosen, index="0")
        numbers.add(len(queries))
    assert len(numbers) == 1


def test_the_list_is_narrowed_to_articles_with_problems(desk):
    sound, warned, wrong = (
        make_sound_article(),
        make_sound_article(tags=[]),
        make_sound_article(body=""),
    )
    for value, found in [("errors", {wrong}), ("any", {warned, wrong})]:
        rows = desk.get(LIST, {"problems": value}).context["cl"].result_list
        assert set(rows) == found
    assert sound in desk.get(LIST, {"problems": "x"}).context["cl"].result_list


def test_the_list_reads_no_more_texts_than_it_says(desk, monkeypatch):
    monkeypatch.setattr("articles.admin.article.filters.CHECKED_FOR_PROBLEMS", 1)
    make_sound_article(body="")
    newer = make_sound_article(body="")
    rows = desk.get(LIST, {"problems": "errors"}).context["cl"].result_list
    assert list(rows) == [newer]


# Changes of a published article


def test_the_page_says_what_readers_will_see_changed_and_who_links_here(desk):
    article = make_visible_article(slug="old")
    linking = make_visible_article(
        title="Linking", body='<p><a href="/articles/old/">x</a></p>'
    )
    save(article, {"title": "New", "slug": "new"})
    page = desk.get(step_of(article, "changes")).content.decode()
    assert "changed: the headline, the address." in page
    assert form_of(linking) in page


def test_readers_are_told_of_an_update_only_when_that_is_ticked(desk):
    article = make_visible_article()
    for title, ticks, told in [("A", {}, False), ("B", {"tell_readers": "on"}, True)]:
        save(
            article,
            {"title": title},
            began_from=getattr(article.working_copy, "pk", None),
        )
        desk.post(step_of(article, "changes"), ANYWAY | ticks)
        article.refresh_from_db()
        assert (article.title, article.updated is not None) == (title, told)


def test_what_was_saved_since_the_page_was_opened_is_not_published_unseen(desk):
    article = make_visible_article(title="First")
    seen = save(article, {"title": "Seen"})
    save(article, {"title": "Unseen"}, began_from=seen.pk)
    response = desk.post(step_of(article, "changes"), ANYWAY | {"seen": seen.pk})
    assert "Look at it again before you publish" in said(response)
    article.refresh_from_db()
    assert article.title == "First"


@pytest.mark.parametrize("step", ["publish", "schedule"])
def test_a_draft_that_was_saved_since_the_page_was_opened_is_asked_about_again(
    desk, writer, step
):
    article = make_article(title="Looked at", created_by=writer)
    article.keep_revision(by=writer)
    page = desk.get(step_of(article, step))
    sent = ANYWAY | {"seen": page.context["form"]["seen"].value()}
    sent |= IN_2999 if step == "schedule" else {}
    save(article, article.working_content() | {"title": "Not looked at"}, by=writer)
    page = desk.post(step_of(article, step), sent)
    assert "has saved “Not looked at” since. Look at it again" in said(page)
    assert Article.objects.get().is_draft
    # The page is now based on the current version.
    again = sent | {"seen": page.context["form"]["seen"].value()}
    assert desk.post(step_of(article, step), again).status_code == 302
    assert Article.objects.get().status == "published"


# The embargo


def test_an_embargo_in_force_is_only_moved_later_in_the_form(desk):
    until = timezone.now().replace(microsecond=0) + 2 * DAY
    article = make_article(embargo_until=until)
    for moment in [None, until - DAY]:
        page = desk.post(form_of(article), typed(article, **embargo(moment)))
        assert "can only be moved later here" in page.content.decode()
    desk.post(form_of(article), typed(article, **embargo(until + DAY)))
    article.refresh_from_db()
    assert article.embargo_until == until + DAY


def embargo(moment):
    return {
        "embargo_until_0": f"{moment:%Y-%m-%d}" if moment else "",
        "embargo_until_1": f"{moment:%H:%M:%S}" if moment else "",
    }


def test_lifting_an_embargo_wants_a_reason_and_records_it(desk, editor):
    article = make_article(embargo_until=timezone.now() + 2 * DAY)
    assert "lift" in buttons(desk.get(form_of(article)))
    desk.post(step_of(article, "lift"), {"when": "now", "reason": ""})
    article.refresh_from_db()
    assert article.is_under_embargo
    desk.post(step_of(article, "lift"), {"when": "now", "reason": "The source agreed"})
    article.refresh_from_db()
    assert article.embargo_until is None
    step = article.steps.get()
    assert (step.what, step.by) == ("lift_embargo", editor)
    assert step.reason.startswith("The source agreed (it was to end on")
    assert "lift" not in buttons(desk.get(form_of(article)))


@pytest.mark.parametrize(
    ("date", "sentence"),
    [("", "Give the date"), ("2020-01-01", "That time is past")],
)
def test_an_empty_or_past_end_of_an_embargo_never_means_now(desk, date, sentence):
    article = make_article(embargo_until=timezone.now() + 2 * DAY)
    at = {"at_0": date, "at_1": date and "10:00"}
    page = desk.post(step_of(article, "lift"), {"when": "earlier", "reason": "x"} | at)
    assert sentence in page.content.decode()
    later = {"when": "earlier", "reason": "x"} | IN_2999
    assert "no embargo that this would end earlier" in said(
        desk.post(step_of(article, "lift"), later)
    )
    article.refresh_from_db()
    assert article.is_under_embargo


def test_lifting_an_embargo_publishes_nothing(desk):
    article = make_article(embargo_until=timezone.now() + 2 * DAY)
    article.publish()
    desk.post(step_of(article, "lift"), {"when": "now", "reason": "x"})
    article.refresh_from_db()
    assert article.embargo_until is None
    assert article.is_scheduled


# Withdrawing in favour of another


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("", "Give the address of the other article"),
        ("/articles/nowhere/", "Readers find no article"),
        ("https://[", "Readers find no article"),
        ("/articles/mine/", "cannot take its own place"),
    ],
)
def test_an_article_is_replaced_by_one_that_readers_can_see(desk, address, sentence):
    article = make_visible_article(slug="mine")
    answers = {"kind": "replaced", "reason": "x", "replaced_by": address}
    page = desk.post(step_of(article, "withdraw"), answers)
    assert sentence in page.content.decode()
    article.refresh_from_db()
    assert article.is_visible


def test_a_replaced_article_leads_to_the_other(desk, client):
    article, other = make_visible_article(), make_visible_article(slug="other")
    answers = {"kind": "replaced", "reason": "x", "replaced_by": "/articles/other/"}
    desk.post(step_of(article, "withdraw"), answers)
    article.refresh_from_db()
    assert (article.status, article.replaced_by) == ("withdrawn", other)
    client.logout()
    assert client.get(article.get_absolute_url()).url == "/articles/other/"


# Time left, in the list


def test_the_list_says_how_long_until_an_article_appears(desk):
    article = make_article()
    article.publish(at=timezone.now() + 2 * HOUR + HOUR / 6)
    assert '<span class="quiet">in 2 h 10 min</span>' in desk.get(LIST).content.decode()
    assert time_until(timezone.now() + 3 * DAY + HOUR) == "3 d 1 h"
    assert time_until(timezone.now()) == "0 min"
