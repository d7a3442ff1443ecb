import pytest
from django.utils import timezone

from comments.models import Comment, Commenter, Mailbox, Mute, Note
from comments.moderation.reputation import (
    MOST_COUNTED,
    confirm_mailbox,
    disown,
    records_of,
    waiting_of,
    why_trusted,
    with_address_of_another,
)
from comments.privacy.export_and_erase import erase_everything, export_of
from comments.screening import load_posted
from tests.factories import (
    DAY,
    make_comment,
    make_commenter,
    make_mailbox,
    make_user,
    make_visible_article,
    proven,
)


@pytest.fixture
def ana(db):
    return make_user(role="Moderators", first_name="Ana", last_name="Ruiz")


def later(days=7):
    return timezone.now() + days * DAY


# Who is known


def posted(address, browser):
    """A comment with this address, from the browser that wrote that comment, as the rules see it."""
    comment = Comment(article=make_visible_article(), name="A", body="B", email=address)
    return load_posted(comment, browser=browser)


def known(address, browser):
    """The proved author of such a comment."""
    key = posted(address, browser).commenter
    return Commenter.objects.filter(pk=key).first()


def test_a_person_is_known_by_the_browser_and_by_no_address(db):
    by_address = make_commenter(address="ines@example.org")
    by_browser = make_commenter()
    comment = make_comment(commenter=by_browser)
    own = make_comment(commenter=by_address)
    for address in ["", "ines@example.org", "INES@example.org", "other@example.org"]:
        assert known(address, None) is None
        assert known(address, comment.pk) == by_browser
        assert known(address, own.pk) == by_address


@pytest.mark.parametrize("address", ["ines@example.org", "INES@example.org"])
def test_the_address_of_a_known_reader_is_theirs_only_in_their_browser(db, address):
    ines = make_commenter(address="ines@example.org")
    own = make_comment(commenter=ines)
    other = make_comment(commenter=make_commenter(address="bo@example.org"))
    for browser in [None, other.pk, make_comment().pk]:
        assert posted(address, browser).has_address_of_another
        assert posted(address, browser).mailbox is None
    assert not posted(address, own.pk).has_address_of_another
    assert posted(address, own.pk).mailbox == ines.mailbox_id
    for nobodys in ["", "new@example.org"]:
        assert not posted(nobodys, None).has_address_of_another
        assert posted(nobodys, own.pk).mailbox is None


def test_a_mute_holds_also_who_types_the_address_of_the_muted(ana):
    ines = make_commenter(address="ines@example.org")
    ines.mute(until=later(), reason="Abuse", by=ana)
    assert posted("Ines@example.org", None).mutes == ("Abuse",)


def test_a_name_and_an_address_that_is_only_typed_make_nobody_known(db):
    mailbox = make_mailbox(address="ines@example.org")
    make_commenter(mailbox=mailbox)
    make_comment(name="Inés", email="ines@example.org")
    assert known("ines@example.org", None) is None
    assert known("", None) is None
    assert known("", 4711) is None


def test_who_wrote_nothing_is_not_taken_for_everybody_of_whom_nothing_is_known(ana):
    make_commenter(address="bo@example.org").mute(until=later(), reason="A", by=ana)
    assert not Commenter.objects.author_of_comment(None).exists()
    assert known("ines@example.org", None) is None


def test_an_erased_comment_tells_nobody_who_wrote_it(db):
    commenter = make_commenter(address="ines@example.org")
    comment = make_comment(commenter=commenter)
    comment.erase()
    assert known("", comment.pk) is None


# Confirming


def test_who_opens_the_link_has_written_the_comment_it_was_mailed_for_and_no_other(db):
    mailbox = make_mailbox(address="ines@example.org")
    mine = make_comment(email="Ines@example.org")
    typed = make_comment(email="ines@example.org")
    for _ in range(2):
        confirm_mailbox(mailbox, mine)
        person = Commenter.objects.get()
        assert list(person.comments.all()) == [mine]
        assert list(mailbox.comments.all()) == [mine]
    typed.refresh_from_db()
    assert (typed.commenter, typed.mailbox) == (None, None)
    assert Mailbox.objects.get(pk=mailbox.pk).is_confirmed


def test_a_link_without_its_comment_confirms_the_mailbox_alone(db):
    mailbox = make_mailbox(address="ines@example.org")
    typed, other = (
        make_comment(email="ines@example.org"),
        make_comment(email="bo@x.org"),
    )
    erased = make_comment(email="ines@example.org")
    erased.erase()
    for comment in [None, other, erased]:
        confirm_mailbox(mailbox, comment)
    assert Commenter.objects.get().mailbox == mailbox
    assert not Comment.objects.exclude(commenter=None, mailbox=None).exists()
    assert typed.has_unproven_address


def test_what_staff_wrote_signed_in_is_told_of_replies_and_is_no_readers(db):
    staff = proven(make_comment(email="ines@example.org", by=make_user()))
    assert staff.mailbox.address == "ines@example.org"
    assert staff.commenter is None


def test_who_was_known_by_the_browser_goes_on_with_what_was_said_of_them(ana):
    mailbox, browser = make_mailbox(address="ines@example.org"), make_commenter()
    comment = make_comment(email="ines@example.org", commenter=browser)
    same = make_comment(email="INES@example.org", commenter=browser)
    without = make_comment(commenter=browser)
    browser.mute(until=later(), reason="Abuse", by=ana)
    browser.notes.create(text="Rude.", by=ana, by_name="Ana Ruiz")
    confirm_mailbox(mailbox, comment)
    person = Commenter.objects.get()
    assert person.mailbox == mailbox
    assert set(person.comments.all()) == {comment, same, without}
    assert set(mailbox.comments.all()) == {comment, same}
    assert Mute.objects.in_force().get().commenter == person
    assert Note.objects.get().commenter == person


def test_comments_of_another_address_stay_with_the_browser(ana):
    mailbox, browser = make_mailbox(address="ines@example.org"), make_commenter()
    comment = make_comment(email="ines@example.org", commenter=browser)
    other = make_comment(email="bo@example.org", commenter=browser)
    mute = browser.mute(until=later(), reason="Abuse", by=ana)
    confirm_mailbox(mailbox, comment)
    assert list(browser.comments.all()) == [other]
    mute.refresh_from_db()
    assert mute.commenter == browser


def test_nothing_is_taken_from_who_is_known_by_another_address(db):
    other = make_commenter(address="bo@example.org")
    comment = make_comment(email="ines@example.org", commenter=other)
    more = make_comment(email="ines@example.org", commenter=other)
    proven(comment)
    assert comment.commenter == other
    # Mails about replies go there all the same, because its owner confirmed the comment.
    assert comment.mailbox.address == "ines@example.org"
    more.refresh_from_db()
    assert more.mailbox is None


def test_proof_takes_the_doubt_away_and_leaves_what_else_was_found(db):
    make_commenter(address="ines@example.org")
    comment, other = [make_comment(email="ines@example.org") for _ in range(2)]
    for one in [comment, other]:
        one.signals.create(text_revision=1, rule="unproven_address")
    comment.signals.create(text_revision=1, rule="links")
    proven(comment)
    assert [signal.rule for signal in comment.signals.all()] == ["links"]
    assert other.signals.exists()


def test_who_says_no_takes_the_address_out_of_that_comment_alone(db):
    mailbox = make_mailbox(address="ines@example.org")
    theirs = make_comment(email="Ines@example.org", notify=True)
    other = make_comment(email="ines@example.org", notify=True)
    disown(mailbox, theirs)
    theirs.refresh_from_db()
    assert (theirs.email, theirs.notify) == ("", False)
    other.refresh_from_db()
    assert other.wants_news
    assert Mailbox.objects.get().is_stopped


def test_who_has_confirmed_and_says_no_to_one_comment_goes_on_getting_mail(db):
    mine = proven(make_comment(email="ines@example.org", notify=True))
    theirs = make_comment(email="ines@example.org", notify=True)
    disown(mine.mailbox, theirs)
    theirs.refresh_from_db()
    assert theirs.email == ""
    assert not Mailbox.objects.get().is_stopped
    # Without a comment to disown, all mail stops.
    disown(mine.mailbox, theirs)
    assert Mailbox.objects.get().is_stopped
    mine.refresh_from_db()
    assert mine.email == "ines@example.org"


def test_the_desk_tells_apart_where_the_address_of_a_known_reader_was_typed(
    db, django_assert_num_queries
):
    mine = proven(make_comment(email="ines@example.org"))
    typed = make_comment(email="INES@example.org")
    others = [make_comment(), make_comment(email="new@example.org")]
    make_mailbox(address="new@example.org")
    with django_assert_num_queries(1):
        assert with_address_of_another([mine, typed, *others]) == {typed.pk}
    with django_assert_num_queries(0):
        assert with_address_of_another([mine, others[0]]) == frozenset()


def test_an_address_erased_in_this_moment_makes_nobody_known(db):
    mailbox = make_mailbox()
    Mailbox.objects.all().delete()
    confirm_mailbox(mailbox)
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
    # An automatic decision does not count.
    write().approve()
    waiting = write()
    commenter.notes.create(text="Rude.", by=ana, by_name="Ana Ruiz")
    mute = commenter.mute(until=later(), reason="Abuse", by=ana)
    record = records_of([waiting])[commenter.pk]
    assert (record.approved, record.rejected, record.spam) == (2, 1, 1)
    assert (record.notes, record.muted_until) == (1, mute.until)
    assert record.is_trusted is False
    assert record.commenter.known_by == "a confirmed email address"
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
        (2, 2, None, "Trusted: at least 2 comments approved"),
        (2, 1, None, "Not trusted yet: needs 2 approved comments"),
        (1, 0, None, "needs 1 approved comment."),
        (2, 2, 3, "Not trusted: a comment was rejected on"),
        (0, 9, None, "all comments wait for a moderator"),
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
    assert said in why_trusted(Commenter.objects.with_trust().get())


# Erasure and download


def test_notes_and_mutes_go_with_the_mailbox_and_are_in_no_download(ana):
    commenter = make_commenter(address="ines@example.org")
    own = proven(make_comment(email="ines@example.org", commenter=commenter))
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
        assert comment.is_erased
