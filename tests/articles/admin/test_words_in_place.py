"""Dates, addresses, titles and mails at the desk that stay what their writer means."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.core import mail
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains

from articles.models import Article, Revision, Step
from articles.publishing.actions import publish, return_to_writer, save
from articles.publishing.planning import LONGEST_TITLE
from newsroom.accounts.account_mail import send_due_account_mail
from tests.articles.admin.article.form_page import form_on, seen_by
from tests.articles.admin.desk import ANYWAY, act, form_of, step_of, typed
from tests.factories import DAY, make_article, make_user, make_visible_article

# The first date


@pytest.fixture
def withdrawn(db):
    article = make_visible_article(published_at=timezone.now() - 10 * DAY)
    article.withdraw(reason="Checked again.")
    return article


def test_publishing_again_after_a_withdrawal_keeps_the_first_date(desk, withdrawn):
    first = withdrawn.published_at
    page = desk.get(step_of(withdrawn, "publish"))
    assertContains(page, "It keeps its first date")
    desk.post(step_of(withdrawn, "publish"), ANYWAY)
    withdrawn.refresh_from_db()
    assert (withdrawn.status, withdrawn.published_at) == ("published", first)


def test_publishing_again_gives_the_present_date_when_asked(desk, withdrawn):
    desk.post(step_of(withdrawn, "publish"), ANYWAY | {"new_date": "on"})
    withdrawn.refresh_from_db()
    assert timezone.now() - withdrawn.published_at < timedelta(minutes=1)


def test_the_first_date_is_kept_by_way_of_a_draft_and_in_bulk(desk, withdrawn):
    first = withdrawn.published_at
    other = make_visible_article(published_at=timezone.now() - 3 * DAY)
    other.withdraw(reason="x")
    withdrawn.return_to_draft()
    act(desk, "publish", withdrawn, other, _confirmed="1", **ANYWAY)
    dates = {one.pk: one.published_at for one in Article.objects.all()}
    assert dates == {withdrawn.pk: first, other.pk: other.published_at}


def test_an_article_that_nobody_saw_is_dated_when_it_is_published(desk):
    article = make_article()
    assertNotContains(desk.get(step_of(article, "publish")), "first date")
    article.publish(at=timezone.now() + DAY)
    article.withdraw(reason="x")
    article.publish()
    assert timezone.now() - article.published_at < timedelta(minutes=1)


# Opening “Publish…”


@pytest.mark.parametrize("is_public", [False, True])
def test_opening_publish_and_going_back_changes_nothing(desk, is_public):
    article = make_visible_article() if is_public else make_article()
    article.keep_revision()
    before = Article.objects.values().get()
    step = "changes" if is_public else "publish"
    sent = typed(article, seen=seen_by(desk, article), _step=step)
    # As a browser sends it, for a field whose default is computed.
    sent["initial-language"] = article.language
    desk.post(form_of(article), sent)
    desk.get(step_of(article, step))
    desk.get(form_of(article))
    assert Article.objects.values().get() == before
    assert Revision.objects.count() == 1
    assert [one.change_message for one in LogEntry.objects.all()] == []


# The address


def save_title(desk, article, title, **fields):
    shown = form_on(desk.get(form_of(article)))
    fields = {"slug": shown["slug"].value(), "seen": shown["seen"].value()} | fields
    desk.post(form_of(article), typed(article, title=title, **fields))
    article.refresh_from_db()
    return article.slug


def test_the_address_of_a_draft_follows_its_title_until_it_is_public(desk):
    article = make_article(title="First idea")
    assert save_title(desk, article, "Second idea") == "second-idea"
    assert save_title(desk, article, "Third idea") == "third-idea"
    # Nobody knew the address: no step is recorded, and none leads there.
    assert not Step.objects.exists()
    article.publish()
    assert save_title(desk, article, "Fourth idea") == "third-idea"
    assert article.working_content()["slug"] == "third-idea"
    article.withdraw(reason="x")
    article.return_to_draft()
    assert save_title(desk, article, "Fifth idea") == "third-idea"


def test_an_address_typed_by_hand_stays(desk):
    article = make_article(title="First idea")
    assert save_title(desk, article, "Second idea", slug="by-hand") == "by-hand"
    assert save_title(desk, article, "Third idea") == "by-hand"


def test_an_address_that_follows_stays_free_of_others(desk):
    make_article(title="Second idea")
    article = make_article(title="First idea")
    assert save_title(desk, article, "Second idea") == "second-idea-2"
    assert save_title(desk, article, "Third idea") == "third-idea"


def test_the_address_follows_when_another_merges_the_title(editor):
    article = make_article(title="First idea")
    base = article.keep_revision()
    save(article, {"standfirst": "Theirs"}, by=editor, began_from=base.pk)
    save(article, {"title": "Second idea"}, by=editor, began_from=base.pk)
    assert (article.slug, article.standfirst) == ("second-idea", "Theirs")


def test_the_address_of_a_scheduled_article_follows_with_its_changes(desk):
    article = make_article(title="First idea")
    article.publish(at=timezone.now() + DAY)
    save_title(desk, article, "Second idea")
    assert article.working_content()["slug"] == "second-idea"


# Titles


def test_a_title_over_the_limit_is_refused_with_the_count_and_not_cut(desk):
    article = make_article(title="As it was")
    title = "x" * (LONGEST_TITLE + 12)
    page = desk.post(form_of(article), typed(article, title=title))
    assertContains(page, f"{LONGEST_TITLE + 12} characters; at most {LONGEST_TITLE}")
    assert form_on(page)["title"].value() == title
    # A browser would cut it otherwise.
    assertNotContains(page, 'maxlength="250" class="vLargeTextField title-field')
    assert "maxlength" not in form_on(page).fields["title"].widget.attrs
    article.refresh_from_db()
    assert article.title == "As it was"


# The mail to the writer


@pytest.fixture
def submitted(db):
    writer = make_user(role="Writers", email="w@example.org")
    article = make_article(
        title="Harbour", body="<p>One.</p><p>Two.</p>", created_by=writer
    )
    article.keep_revision(by=writer)
    article.submit(by=writer)
    return article


def mailed():
    send_due_account_mail()
    return mail.outbox[-1].body


def test_the_return_mail_says_what_was_changed_in_the_text(submitted, editor):
    save(
        submitted,
        {"title": "Harbour reopens", "body": "<p>One.</p><p>Two, edited.</p>"},
        by=editor,
        began_from=submitted.working_copy.pk,
    )
    return_to_writer(submitted, note="Please check.", by=editor)
    said = mailed()
    assert "Please check." in said
    assert "What was changed in the text since you submitted it" in said
    assert "Title\n− Harbour\n+ Harbour reopens" in said
    assert "− Two.\n+ Two, edited." in said
    assert "One." not in said
    assert "unchanged" not in said
    assert form_of(submitted) in said


def test_the_return_mail_says_that_nothing_was_changed(submitted, editor):
    return_to_writer(submitted, note="Please check.", by=editor)
    assert "Your text is unchanged:" in mailed()


def test_the_return_mail_claims_nothing_when_it_was_never_submitted(editor):
    writer = make_user(role="Writers", email="w@example.org")
    article = make_article(created_by=writer)
    publish(article, at=timezone.now() + DAY)
    return_to_writer(article, note="Later.", by=editor)
    said = mailed()
    assert "unchanged" not in said
    assert "changed" not in said


def test_a_typed_address_that_ends_in_a_number_stays(desk):
    article = make_article(title="Report")
    assert save_title(desk, article, "Report", slug="report-2026") == "report-2026"
    assert save_title(desk, article, "Annual report") == "report-2026"
