from datetime import UTC, datetime

import pytest
from django.core import mail
from django.utils import timezone

from articles.admin.actions.registry import ARTICLE_STEPS
from articles.admin.article.admin import time_until
from articles.models import Article
from newsroom.accounts.account_mail import send_due_account_mail
from newsroom.models import StaffMail
from tests.articles.admin.desk import (
    ADD,
    ANYWAY,
    IN_2999,
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
    make_user,
    make_visible_article,
)

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
    assert "has no unpublished changes" in said(response)
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
    assert "It appears now on the front page" in page
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
    assert "Its status: Published." in html
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
        ("", "", "Enter the date and the time."),
        ("2999-01-01", "", "An empty field does not mean now"),
        ("", "10:00", "An empty field does not mean today"),
        ("2020-01-01", "10:00", "This time is past"),
        ("soon", "10:00", "Write the date like this"),
        ("2999-01-01", "noon", "Write the time like this"),
        ("0001-01-01", "00:00", "Check the year"),
        ("9999-12-31", "23:59", "Check the year"),
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
    assert "cannot be in the future" in said(response)


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
    send_due_account_mail()
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
    assert not send_due_account_mail()
    settings.MAILERS = {
        "default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}
    }
    StaffMail.objects.update(next_try_at=timezone.now())
    send_due_account_mail()
    [message] = mail.outbox
    assert "Please shorten." in message.body


def test_a_title_cannot_forge_a_line_of_the_mail(desk, writer):
    article = make_article(title="Harbour\nBcc: all@example.com", created_by=writer)
    article.submit()
    desk.post(step_of(article, "return"), {"note": "<b>&amp;</b>"})
    send_due_account_mail()
    [message] = mail.outbox
    assert "\n" not in message.subject
    assert "<b>&amp;</b>" in message.body


# Bulk actions


def test_the_list_submits_many_and_says_which_could_not_be(desk, editor):
    one, two, published = make_article(), make_article(), make_visible_article()
    response = act(desk, "submit", one, two, published, index="0")
    assert {article.status for article in Article.objects.in_review()} == {"in_review"}
    assert Article.objects.in_review().count() == 2
    assert f"for “{published}”. Its status: Published." in said(response)
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
    assert "Enter the date and the time." in page.content.decode()
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


# Withdrawing in favour of another


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
