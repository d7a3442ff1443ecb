import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from comments.models import Comment, Mailbox
from comments.privacy import export_and_erase
from comments.privacy.export_and_erase import (
    erase_everything,
    export_of,
    number_of_comments,
    number_of_unproven,
)
from tests.factories import (
    make_comment,
    make_commenter,
    make_mailbox,
    make_shown_comment,
    make_user,
    proven,
)


def test_erasing_that_was_stopped_goes_on_where_it_was(db, monkeypatch):
    monkeypatch.setattr(export_and_erase, "ERASED_AT_ONCE", 2)
    mailbox = make_mailbox(address="ines@example.org")
    for _ in range(5):
        proven(make_comment(email="ines@example.org"))
    erase, erased = Comment.erase, []

    def break_at_the_fourth(comment):
        if len(erased) == 3:
            raise RuntimeError("The power is off.")
        erased.append(comment)
        erase(comment)

    monkeypatch.setattr(Comment, "erase", break_at_the_fourth)
    with pytest.raises(RuntimeError):
        erase_everything(mailbox)
    # Two are erased, two are unchanged, and the link still works.
    assert Comment.objects.filter(erased_at=None).count() == 3
    assert Mailbox.objects.get() == mailbox
    monkeypatch.setattr(Comment, "erase", erase)
    assert erase_everything(mailbox) == 3
    assert not Comment.objects.filter(erased_at=None).exists()
    assert not Mailbox.objects.exists()


def test_an_address_in_other_letters_is_the_same_address(db):
    for typed in ["Ines@example.org", "INES@EXAMPLE.ORG", "ines@example.org"]:
        proven(make_shown_comment(email=typed))
    assert erase_everything(Mailbox.objects.get()) == 3


def test_what_somebody_else_wrote_with_the_address_stays_without_it(db):
    mine = proven(make_comment(email="ines@example.org", body="Mine."))
    without = make_comment(commenter=mine.commenter, body="From my browser.")
    typed = make_shown_comment(email="INES@example.org", body="Theirs.", notify=True)
    browser = make_comment(email="ines@example.org", commenter=make_commenter())
    exported = export_of(mine.mailbox)["comments"]
    assert [comment["text"] for comment in exported] == ["Mine.", "From my browser."]
    assert number_of_comments(mine.mailbox) == 2
    assert number_of_unproven(mine.mailbox) == 2
    assert erase_everything(mine.mailbox) == 2
    for comment in [mine, without, typed, browser]:
        comment.refresh_from_db()
    assert [mine.is_erased, without.is_erased] == [True, True]
    assert (typed.body, typed.email, typed.notify) == ("Theirs.", "", False)
    assert typed.is_shown
    assert not browser.is_erased
    assert browser.commenter is not None
    assert not Mailbox.objects.exists()


def test_all_threads_are_held_before_what_was_learnt_is_taken_back(db):
    mailbox = make_mailbox(address="ines@example.org")
    for _ in range(2):
        proven(make_comment(email="ines@example.org")).approve(by=make_user())
    with CaptureQueriesContext(connection) as queries:
        erase_everything(mailbox)
    said = [query["sql"] for query in queries.captured_queries]
    learnt = next(at for at, sql in enumerate(said) if "comments_classifier" in sql)
    for article in Comment.objects.values_list("article", flat=True):
        of_thread = f'"comments_thread"."article_id" = {article}'
        assert any(of_thread in sql for sql in said[:learnt])
