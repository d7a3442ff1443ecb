import pytest
from django.utils import timezone

from comments.data import erase_everything, export_of
from comments.models import Comment, Commenter, Mailbox, Mute, Note
from comments.people import (
    MOST_COUNTED,
    confirm,
    records_of,
    waiting_of,
    why_trusted,
)
from comments.screening import posted_as
from tests.factories import (
    DAY,
    make_comment,
    make_commenter,
    make_mailbox,
    make_user,
    make_visible_article,
)


@pytest.fixture
def ana(db):
    return make_user(role="Moderators", first_name="Ana", last_name="Ruiz")


def later(days=7):
    return timezone.now() + days * DAY


# Who is known


def known(address, browser):
    """Who a comment with this address, from the browser that wrote that comment, is taken to be from."""
    comment = Comment(article=make_visible_article(), name="A", body="B", email=address)
    key = posted_as(comment, browser=browser).commenter
    return Commenter.objects.filter(pk=key).knowing_whether_trusted().first()


def test_a_confirmed_address_is_known_and_before_the_browser(db):
    by_address = make_commenter(address="ines@example.org")
    by_browser = make_commenter()
    comment = make_comment(commenter=by_browser)
    assert known("INES@example.org", None) == by_address
    assert known("", comment.pk) == by_browser
    assert known("ines@example.org", comment.pk) == by_address
    assert known("other@example.org", comment.pk) == by_browser
    assert known("ines@example.org", None).is_trusted is False


def test_a_name_and_an_address_that_is_only_typed_make_nobody_known(db):
    mailbox = make_mailbox(address="ines@example.org")
    make_commenter(mailbox=mailbox)
    make_comment(name="Inés", email="ines@example.org")
    assert known("ines@example.org", None) is None
    assert known("", None) is None
    assert known("", 4711) is None


def test_who_wrote_nothing_is_not_taken_for_everybody_of_whom_nothing_is_known(ana):
    make_commenter(address="bo@example.org").mute(until=later(), reason="A", by=ana)
    assert not Commenter.objects.known_by(address="", browser=None).exists()
    assert known("ines@example.org", None) is None


def test_an_erased_comment_tells_nobody_who_wrote_it(db):
    commenter = make_commenter(address="ines@example.org")
    comment = make_comment(commenter=commenter)
    comment.erase()
    assert known("", comment.pk) is None


# Confirming


def test_who_confirms_an_address_has_written_what_came_with_it(db):
    mailbox = make_mailbox(address="ines@example.org")
    mine = make_comment(email="Ines@example.org")
    staff = make_comment(email="ines@example.org", by=make_user())
    other = make_comment(email="bo@example.org")
    erased = make_comment(email="ines@example.org")
    erased.erase()
    for _ in range(2):
        confirm(mailbox)
        person = Commenter.objects.get()
        assert list(person.comments.all()) == [mine]
    for comment in [staff, other, erased]:
        comment.refresh_from_db()
        assert comment.commenter is None
    assert Mailbox.objects.get(pk=mailbox.pk).is_confirmed


def test_who_was_known_by_the_browser_goes_on_with_what_was_said_of_them(ana):
    mailbox, browser = make_mailbox(address="ines@example.org"), make_commenter()
    comment = make_comment(email="ines@example.org", commenter=browser)
    browser.mute(until=later(), reason="Abuse", by=ana)
    browser.notes.create(text="Rude.", by=ana, by_name="Ana Ruiz")
    confirm(mailbox)
    person = Commenter.objects.get()
    comment.refresh_from_db()
    assert comment.commenter == person
    assert person.mailbox == mailbox
    assert Mute.objects.in_force().get().commenter == person
    assert Note.objects.get().commenter == person


def test_comments_of_another_address_stay_with_the_browser(ana):
    mailbox, browser = make_mailbox(address="ines@example.org"), make_commenter()
    make_comment(email="ines@example.org", commenter=browser)
    other = make_comment(commenter=browser)
    mute = browser.mute(until=later(), reason="Abuse", by=ana)
    confirm(mailbox)
    assert list(browser.comments.all()) == [other]
    mute.refresh_from_db()
    assert mute.commenter == browser


def test_nothing_is_taken_from_who_is_known_by_another_address(db):
    other = make_commenter(address="bo@example.org")
    comment = make_comment(email="ines@example.org", commenter=other)
    confirm(make_mailbox(address="ines@example.org"))
    comment.refresh_from_db()
    assert comment.commenter == other


def test_an_address_erased_in_this_moment_makes_nobody_known(db):
    mailbox = make_mailbox()
    Mailbox.objects.all().delete()
    confirm(mailbox)
    assert not Commenter.objects.exists()


# Records


def test_a_record_says_what_moderators_made_of_a_persons_comments(ana):
    commenter = make_commenter(address="ines@example.org")
    article = make_visible_article()

    def write(**fields):
        return make_comment(article=article, commenter=commenter, **fields)

    for step in ["approve", "approve", "mark_spam"]:
        getattr(write(), step)(by=ana)
    write().reject(by=ana, reason="abuse")
    # The machine's decision is none of a moderator.
    write().approve()
    waiting = write()
    commenter.notes.create(text="Rude.", by=ana, by_name="Ana Ruiz")
    mute = commenter.mute(until=later(), reason="Abuse", by=ana)
    record = records_of([waiting])[commenter.pk]
    assert (record.approved, record.rejected, record.spam) == (2, 1, 1)
    assert (record.notes, record.muted_until) == (1, mute.until)
    assert record.is_trusted is False
    assert record.commenter.known_by == "a confirmed address"
    newest = list(commenter.comments.newest_first())[:5]
    assert record.newest == newest
    assert waiting_of(commenter) == 1


def test_nobody_is_known_of_a_comment_without_a_commenter(
    db, django_assert_num_queries
):
    comment = make_comment()
    with django_assert_num_queries(0):
        assert records_of([comment]) == {}


def test_records_cost_the_same_for_one_and_for_many(db, django_assert_num_queries):
    article = make_visible_article()
    for people in [1, 10]:
        comments = [
            make_comment(article=article, commenter=commenter)
            for commenter in [make_commenter() for _ in range(people)]
            for _ in range(7)
        ]
        with django_assert_num_queries(2):
            records = records_of(comments)
            for record in records.values():
                assert [c.name + c.body + c.status for c in record.newest]
                assert record.commenter.known_by
        assert len(records) == people
        assert all(len(record.newest) == 5 for record in records.values())


def test_nothing_is_counted_further_than_anybody_needs(db):
    commenter, article = make_commenter(), make_visible_article()
    comments = [
        make_comment(article=article, commenter=commenter, judged_as="spam")
        for _ in range(MOST_COUNTED + 5)
    ]
    record = records_of(comments)[commenter.pk]
    assert record.spam == waiting_of(commenter) == MOST_COUNTED + 1


@pytest.mark.parametrize(
    ("needed", "approved", "rejected_days_ago", "said"),
    [
        (2, 2, None, "Trusted: moderators have approved 2 comments"),
        (2, 1, None, "Not trusted yet: moderators have to approve 2 comments"),
        (1, 0, None, "approve 1 comment first"),
        (2, 2, 3, "Not trusted: moderators rejected a comment on"),
        (0, 9, None, "the comments of everybody wait"),
    ],
)
def test_why_somebody_is_trusted_or_not_is_a_sentence(
    db, settings, needed, approved, rejected_days_ago, said
):
    settings.TRUST_AFTER_APPROVALS = needed
    commenter, article = make_commenter(), make_visible_article()

    def judge(status, days):
        at = timezone.now() - days * DAY
        make_comment(
            article=article, commenter=commenter, judged_as=status, judged_at=at
        )

    for _ in range(approved):
        judge("approved", 1)
    if rejected_days_ago is not None:
        judge("rejected", rejected_days_ago)
    assert said in why_trusted(Commenter.objects.knowing_whether_trusted().get())


# Erasure and download


def test_notes_and_mutes_go_with_the_mailbox_and_are_in_no_download(ana):
    commenter = make_commenter(address="ines@example.org")
    own = make_comment(email="ines@example.org", commenter=commenter)
    from_browser = make_comment(commenter=commenter)
    commenter.notes.create(text="Rumpel note", by=ana, by_name="Ana Ruiz")
    commenter.mute(until=later(), reason="Rumpel mute", by=ana)
    assert "Rumpel" not in str(export_of(commenter.mailbox))
    erase_everything(commenter.mailbox)
    assert not Commenter.objects.exists()
    assert not Note.objects.exists()
    assert not Mute.objects.exists()
    for comment in [own, from_browser]:
        comment.refresh_from_db()
        assert comment.commenter is None
