from datetime import timedelta
from threading import Barrier, Thread

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from articles.models import TransitionError
from comments.models import (
    Comment,
    Commenter,
    Mute,
    NetworkKey,
    PendingMail,
    Signal,
    Weight,
)
from comments.models.comment import EDIT_WINDOW
from comments.posting.submit import change, repeat_key, submit_comment
from comments.screening.wording import sentence
from comments.security.networks import hash_sender, network_from
from comments.security.throttling import TooMany
from tests.factories import (
    make_comment,
    make_mailbox,
    make_person,
    make_shown_comment,
    make_user,
    make_visible_article,
    proven,
)


def a_comment(article, **fields):
    return Comment(**{"article": article, "name": "Inés", "body": "A remark."} | fields)


def found_in(comment):
    """What the screening found, except `new_commenter`."""
    return comment.signals.exclude(rule="new_commenter")


def all_at_once(*steps):
    """Run the steps at once, each in a thread with its own connection; return their results."""
    barrier = Barrier(len(steps))
    results = []

    def run(step):
        try:
            connection.ensure_connection()
            barrier.wait(timeout=20)
            results.append(step())
        except Exception as error:
            results.append(error)
        finally:
            connection.close()

    threads = [Thread(target=run, args=[step]) for step in steps]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return results


def test_a_comment_waits_for_a_moderator(db):
    comment = submit_comment(a_comment(make_visible_article()), network="n")
    comment.refresh_from_db()
    assert comment.status == Comment.Status.PENDING
    assert comment.network == hash_sender("n")[0]
    assert comment.by is None


def test_that_of_a_moderator_is_shown_at_once(db):
    moderator = make_user(role="Moderators")
    comment = submit_comment(
        a_comment(make_visible_article()), network="n", by=moderator, decoy=True
    )
    assert list(Comment.objects.shown()) == [comment]
    assert comment.by == moderator
    assert comment.decisions.get().by == moderator


def test_after_two_approvals_the_third_comment_appears_at_once_unless_something_holds_it(
    db,
):
    article, moderator = make_visible_article(), make_user(role="Moderators")
    first = submit_comment(a_comment(article, body="Who pays?"), network="n")
    by_browser = {"network": "n", "browser": first.pk}
    second = submit_comment(
        a_comment(article, body="The county, I hear."), **by_browser
    )
    first.approve(by=moderator)
    second.approve(by=moderator)
    third = submit_comment(
        a_comment(article, body="Thank you, that helps."), **by_browser
    )
    assert third.status == Comment.Status.APPROVED
    links = "See http://a.example and http://b.example for yourself."
    fourth = submit_comment(
        a_comment(article, body=links), network="m", browser=first.pk
    )
    assert fourth.status == Comment.Status.PENDING
    third.reject(by=moderator, reason="abuse")
    fifth = submit_comment(
        a_comment(article, body="No more of it."), network="o", browser=first.pk
    )
    assert fifth.status == Comment.Status.PENDING


def test_the_same_words_make_one_row(db):
    article = make_visible_article()
    first = submit_comment(a_comment(article), network="n")
    assert submit_comment(a_comment(article), network="n") == first
    assert Comment.objects.get() == first


def test_a_repeat_after_midnight_is_one_too(db):
    article = make_visible_article()
    with time_machine.travel("2126-03-01 23:59:59+00:00", tick=False):
        first = submit_comment(a_comment(article), network="n")
    with time_machine.travel("2126-03-02 00:00:01+00:00", tick=False):
        assert submit_comment(a_comment(article), network="n") == first
    with time_machine.travel("2126-03-03 00:00:01+00:00", tick=False):
        assert submit_comment(a_comment(article), network="n") != first


def test_what_was_removed_and_is_sent_again_is_a_new_comment_that_waits(db, settings):
    settings.COMMENT_RATE = []
    article = make_visible_article()
    for remove in [Comment.reject, Comment.mark_spam, Comment.withdraw, Comment.erase]:
        first = submit_comment(a_comment(article, name=remove.__name__), network="n")
        first.approve()
        remove(first)
        again = submit_comment(a_comment(article, name=remove.__name__), network="n")
        assert again != first
        assert again.status == Comment.Status.PENDING
        assert again.first_shown_at is None


def test_what_comes_back_to_life_does_not_swallow_what_was_sent_since(db):
    article = make_visible_article()
    first = submit_comment(a_comment(article), network="n")
    first.reject()
    second = submit_comment(a_comment(article), network="n")
    first.undo()
    assert submit_comment(a_comment(article), network="n") == second
    assert Comment.objects.count() == 2


def test_any_difference_makes_another_comment(db, settings):
    settings.COMMENT_RATE = []
    parent = make_shown_comment()
    article = parent.article
    for fields in [
        {},
        {"name": "Ines"},
        {"email": "ines@example.org"},
        {"body": "A remark!"},
        {"parent": parent},
        {"article": make_visible_article()},
        # Different fields that would be equal if they were concatenated.
        {"name": "InésA", "body": " remark."},
    ]:
        submit_comment(a_comment(**{"article": article} | fields), network="n")
    submit_comment(a_comment(article), network="another")
    assert Comment.objects.count() == 1 + 8


def test_after_a_refusal_the_same_words_are_a_new_comment(db):
    article = make_visible_article()
    first = submit_comment(a_comment(article), network="n")
    first.reject()
    second = submit_comment(a_comment(article), network="n")
    assert second != first
    assert second.status == Comment.Status.PENDING


def test_what_fell_for_the_decoy_is_kept_and_seen_by_nobody(db):
    comment = submit_comment(a_comment(make_visible_article()), network="n", decoy=True)
    comment.refresh_from_db()
    assert comment.status == Comment.Status.SPAM
    assert comment.body == "A remark."
    assert comment.decisions.get().note
    assert not Comment.objects.waiting()


def test_of_one_network_only_so_many_are_taken_and_repeats_do_not_count(db, settings):
    settings.COMMENT_RATE = ["2/m"]
    article = make_visible_article()
    submit_comment(a_comment(article, body="one"), network="n")
    for _ in range(3):
        submit_comment(a_comment(article, body="one"), network="n")
    submit_comment(a_comment(article, body="two"), network="n")
    with pytest.raises(TooMany) as refusal:
        submit_comment(a_comment(article, body="three"), network="n")
    assert 1 <= refusal.value.seconds <= 60
    # Earlier comments are still found as repeats, and other senders do not wait.
    submit_comment(a_comment(article, body="two"), network="n")
    submit_comment(a_comment(article, body="three"), network="m")
    submit_comment(
        a_comment(article, body="four"), network="n", by=make_user(role="Moderators")
    )
    assert {comment.body for comment in Comment.objects.all()} == {
        "one",
        "two",
        "three",
        "four",
    }


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (1, "1 second"),
        (59, "59 seconds"),
        (60, "1 minute"),
        (61, "2 minutes"),
        (3541, "1 hour"),
        (3600, "1 hour"),
        (3601, "2 hours"),
    ],
)
def test_the_wait_is_said_in_words(seconds, words):
    assert TooMany(seconds).wait == words


def test_a_repeat_cannot_be_computed_without_the_secret(settings):
    comment = Comment(article_id=1, name="Inés", body="A remark.")
    before = repeat_key(comment, "n")
    settings.SECRET_KEY = "another"
    assert repeat_key(comment, "n") != before


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("address", ["192.0.2.1", ""])
def test_the_same_words_at_the_same_instant_make_one_row(address, rf):
    article = make_visible_article()
    network = network_from(rf.post("/", REMOTE_ADDR=address))
    taken = all_at_once(
        *[lambda: submit_comment(a_comment(article), network=network)] * 6
    )
    assert [type(comment) for comment in taken] == [Comment] * 6, taken
    comment = Comment.objects.get()
    assert {other.pk for other in taken} == {comment.pk}


@pytest.mark.django_db(transaction=True)
def test_no_burst_gets_past_the_rate(settings, rf):
    settings.COMMENT_RATE = ["2/m"]
    articles = [make_visible_article() for _ in range(6)]
    network = network_from(rf.post("/"))
    taken = all_at_once(
        *[
            lambda article=article: submit_comment(a_comment(article), network=network)
            for article in articles
        ]
    )
    assert sum(isinstance(result, TooMany) for result in taken) == 4, taken
    assert Comment.objects.count() == 2


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("days_with_a_key", [0, 1, 2])
def test_whoever_comes_first_on_a_day_makes_its_key(days_with_a_key, rf):
    NetworkKey.objects.all().delete()
    today = timezone.now().date()
    for days in range(days_with_a_key):
        NetworkKey.objects.create(day=today - timedelta(days=days))
    article = make_visible_article()
    network = network_from(rf.post("/"))
    taken = all_at_once(
        *[lambda: submit_comment(a_comment(article), network=network)] * 4
    )
    assert {other.pk for other in taken} == {Comment.objects.get().pk}, taken
    days = NetworkKey.objects.order_by("day").values_list("day", flat=True)
    assert list(days) == [today - timedelta(days=1), today]


def test_of_a_person_only_so_many_are_taken_wherever_they_come_from(db, settings):
    settings.COMMENT_RATE = ["2/m"]
    article = make_visible_article()
    own = make_comment(
        commenter=a_trusted_person("ines@example.org"), created_at=an_hour_ago()
    )

    def send(address, number, browser=None):
        comment = a_comment(article, email=address, body=f"No. {number}")
        return submit_comment(comment, network=f"{address} {number}", browser=browser)

    first = send("ines@example.org", 1, own.pk)
    send("", 2, first.pk)
    for browser in [own.pk, first.pk]:
        with pytest.raises(TooMany):
            send("other@example.org", 3, browser)
    # Somebody who types the address is not limited and limits nobody.
    for address in ["Ines@Example.org", ""]:
        for number in range(4, 8):
            send(address, number)
    with time_machine.travel(timezone.now() + timedelta(minutes=2)):
        for number in range(8, 12):
            send("ines@example.org", number)
        send("ines@example.org", 12, own.pk)


def test_a_browser_that_sent_one_comment_is_held_up_before_its_person_is_known(
    db, settings
):
    settings.COMMENT_RATE = ["1/m"]
    article = make_visible_article()
    first = submit_comment(a_comment(article), network="one")
    with pytest.raises(TooMany):
        submit_comment(
            a_comment(article, body="More."), network="two", browser=first.pk
        )
    submit_comment(a_comment(article, body="More."), network="two")


# Proof


def an_hour_ago():
    return timezone.now() - timedelta(hours=1)


def a_trusted_person(address):
    """Somebody with two approved comments and a confirmed address."""
    mailbox = make_mailbox(address=address, confirmed_at=timezone.now())
    person = Commenter.objects.of(mailbox)
    for _ in range(2):
        written = make_comment(
            commenter=person, mailbox=mailbox, email=address, created_at=an_hour_ago()
        )
        written.approve(by=make_user())
    return person


def test_who_types_the_address_of_a_trusted_reader_waits_and_is_told_apart(db):
    a_trusted_person("ines@example.org")
    sent = a_comment(make_visible_article(), email="INES@example.org")
    comment = submit_comment(sent, network="n")
    assert comment.is_waiting
    assert (comment.commenter, comment.mailbox) == (None, None)
    [signal] = found_in(comment)
    assert (signal.rule, signal.weight) == ("unproven_address", Weight.INFORMS)
    assert "belongs to a known reader" in sentence(signal).lower()


def test_the_trusted_reader_is_known_by_their_browser_with_the_address_and_without(db):
    person = a_trusted_person("ines@example.org")
    article, own = make_visible_article(), person.comments.first()
    for number, address in enumerate(["ines@example.org", "Ines@example.org", ""]):
        sent = a_comment(article, email=address, body=f"No. {number}")
        comment = submit_comment(sent, network="n", browser=own.pk)
        assert comment.is_approved
        assert comment.commenter == person
        assert comment.mailbox == (person.mailbox if address else None)
        assert not found_in(comment).exists()


def test_a_strangers_rejection_does_not_cost_the_reader_their_trust(db):
    person = a_trusted_person("ines@example.org")
    article, own = make_visible_article(), person.comments.first()
    for number in range(4):
        typed = a_comment(article, email="ines@example.org", body=f"No. {number}")
        stranger = submit_comment(typed, network=f"n{number}")
        stranger.reject(by=make_user(), reason="abuse")
    comment = submit_comment(
        a_comment(article, body="Mine."), network="home", browser=own.pk
    )
    assert comment.is_approved
    assert not comment.signals.exists()


def test_a_browser_of_somebody_else_gets_nothing_by_the_address(db):
    a_trusted_person("ines@example.org")
    article, first = make_visible_article(), make_comment()
    sent = a_comment(article, email="ines@example.org")
    comment = submit_comment(sent, network="n", browser=first.pk)
    assert comment.is_waiting
    assert comment.commenter.mailbox is None
    assert comment.mailbox is None
    assert found_in(comment).get().rule == "unproven_address"


def test_new_words_of_an_unproven_comment_are_told_apart_and_of_a_proven_one_not(db):
    a_trusted_person("ines@example.org")
    comment = submit_comment(
        a_comment(make_visible_article(), email="ines@example.org"), network="n"
    )
    change(comment, "Other words.")
    assert found_in(comment).filter(text_revision=2).get().rule == "unproven_address"
    proven(comment)
    change(comment, "Again others.")
    assert not found_in(comment).exists()


def test_an_address_that_is_only_typed_gets_no_mail_unless_replies_are_wanted(db):
    article = make_visible_article()
    submit_comment(a_comment(article, email="ines@example.org"), network="n")
    assert not PendingMail.objects.exists()
    wanted = a_comment(article, email="ines@example.org", notify=True, body="More.")
    submit_comment(wanted, network="n")
    assert PendingMail.objects.get().comment == wanted


def test_who_is_known_to_own_the_address_is_not_asked_again(db):
    person = a_trusted_person("ines@example.org")
    sent = a_comment(make_visible_article(), email="ines@example.org", notify=True)
    submit_comment(sent, network="n", browser=person.comments.first().pk)
    assert not PendingMail.objects.exists()


# The screening


def test_what_was_found_is_kept_with_the_text_it_was_found_in(db):
    make_user(role="Editors", first_name="Ana", last_name="Ruiz")
    comment = submit_comment(
        a_comment(make_visible_article(), name="АNА RUIZ"), network="n"
    )
    [signal] = found_in(comment)
    assert (signal.rule, signal.words) == ("look_alike_staff", "Ana Ruiz")
    assert signal.text_revision == 1
    assert comment.status == Comment.Status.PENDING


def test_of_a_plain_comment_only_that_the_person_is_new_is_kept(db):
    comment = submit_comment(a_comment(make_visible_article()), network="n")
    signal = comment.signals.get()
    assert (signal.rule, signal.weight) == ("new_commenter", Weight.HOLDS)


def test_what_fell_for_the_decoy_says_so(db):
    comment = submit_comment(a_comment(make_visible_article()), network="n", decoy=True)
    assert [signal.rule for signal in found_in(comment)] == ["decoy"]


def test_a_comment_that_is_not_stored_leaves_no_findings(db, settings):
    settings.COMMENT_RATE = ["1/m"]
    article = make_visible_article()
    submit_comment(a_comment(article), network="n")
    with pytest.raises(TooMany):
        submit_comment(a_comment(article, name="Moderator"), network="n")
    assert not Signal.objects.filter(rule="look_alike_newsroom").exists()


def test_a_moderator_passes_for_nobody_else(db):
    make_user(role="Editors", first_name="Ana", last_name="Ruiz")
    moderator = make_user(role="Moderators", first_name="Tom", last_name="Ash")
    article = make_visible_article()
    own = submit_comment(a_comment(article, name="Tom Ash"), network="n", by=moderator)
    other = submit_comment(
        a_comment(article, name="Ana Ruiz"), network="n", by=moderator
    )
    assert own.is_approved
    assert other.is_waiting
    assert other.signals.get().rule == "look_alike_staff"


# Changing


def test_new_words_are_screened_and_wait(db):
    make_person(name="Ana Ruiz")
    comment = submit_comment(
        a_comment(make_visible_article(), name="Аna Ruiz"), network="n"
    )
    comment.approve()
    change(comment, "Other words.")
    comment.refresh_from_db()
    assert (comment.body, comment.status) == ("Other words.", Comment.Status.PENDING)
    assert [text.body for text in comment.earlier_texts.all()] == ["A remark."]
    assert [(signal.rule, signal.text_revision) for signal in found_in(comment)] == [
        ("look_alike_byline", 1),
        ("look_alike_byline", 2),
    ]


def test_new_words_that_come_too_late_leave_nothing_behind(db):
    comment = submit_comment(
        a_comment(make_visible_article(), name="Moderator"), network="n"
    )
    comment.created_at -= EDIT_WINDOW
    comment.save()
    with pytest.raises(TransitionError):
        change(comment, "Other words.")
    comment.refresh_from_db()
    assert comment.body == "A remark."
    assert [signal.text_revision for signal in found_in(comment)] == [1]
    assert not comment.earlier_texts.exists()


def test_the_new_words_of_a_moderator_who_is_signed_in_are_shown_at_once(db):
    moderator = make_user(role="Moderators")
    comment = submit_comment(
        a_comment(make_visible_article()), network="n", by=moderator
    )
    change(comment, "Other words.", by=moderator)
    comment.refresh_from_db()
    assert comment.is_approved
    assert comment.by == moderator


@pytest.mark.parametrize("signed_in", [True, False])
def test_words_that_do_not_come_from_the_account_are_not_marked_as_its(db, signed_in):
    moderator = make_user(role="Moderators")
    comment = submit_comment(
        a_comment(make_visible_article()), network="n", by=moderator
    )
    other = make_user(role="Moderators") if signed_in else None
    change(comment, "Words of a thief.", by=other)
    comment.refresh_from_db()
    assert comment.is_waiting
    assert comment.by is None


def test_a_moderator_gives_no_reader_the_mark_of_the_newsroom(db):
    comment = submit_comment(a_comment(make_visible_article()), network="n")
    change(comment, "Other words.", by=make_user(role="Moderators"))
    comment.refresh_from_db()
    assert comment.is_waiting
    assert comment.by is None


def test_who_is_muted_does_not_free_a_comment_with_other_words(db):
    person = a_trusted_person("ines@example.org")
    until = timezone.now() + timedelta(days=7)
    mute = person.mute(until=until, reason="Rude.", by=make_user())
    sent = a_comment(make_visible_article(), email="ines@example.org")
    comment = submit_comment(sent, network="n", browser=person.comments.first().pk)
    assert comment.is_waiting
    mute.lift(by=make_user())
    change(comment, "Other words.")
    comment.refresh_from_db()
    assert (comment.body, comment.status) == ("Other words.", Comment.Status.PENDING)


def test_new_words_from_a_network_that_is_muted_wait(db):
    with time_machine.travel(timezone.now() - timedelta(days=3), tick=False):
        rude = submit_comment(a_comment(make_visible_article()), network="192.0.2.0/24")
    until = timezone.now() + timedelta(days=7)
    own = a_trusted_person("ines@example.org").comments.first()
    sent = a_comment(make_visible_article(), email="ines@example.org")
    comment = submit_comment(sent, network="192.0.2.0/24", browser=own.pk)
    assert comment.is_approved
    Mute.objects.of_network(rude, until=until, reason="Rude.", by=make_user())
    change(comment, "Other words.", network="192.0.2.0/24")
    comment.refresh_from_db()
    assert comment.is_waiting
    assert comment.signals.filter(rule="muted", text_revision=2).exists()


def test_the_moderators_are_told_of_new_words(
    db, mailoutbox, with_worker, django_capture_on_commit_callbacks
):
    make_user(role="Moderators")
    comment = submit_comment(a_comment(make_visible_article()), network="n")
    with django_capture_on_commit_callbacks(execute=True):
        change(comment, "Other words.")
    [mail] = mailoutbox
    assert "Other words." in mail.body
