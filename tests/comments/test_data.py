import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from comments import data
from comments.data import erase_everything
from comments.models import Comment, Mailbox
from tests.factories import make_comment, make_mailbox, make_shown_comment, make_user


def test_erasing_that_was_stopped_goes_on_where_it_was(db, monkeypatch):
    monkeypatch.setattr(data, "ERASED_AT_ONCE", 2)
    mailbox = make_mailbox(address="ines@example.org")
    for _ in range(5):
        make_comment(email="ines@example.org")
    erase, erased = Comment.erase, []

    def break_at_the_fourth(comment):
        if len(erased) == 3:
            raise RuntimeError("The power is off.")
        erased.append(comment)
        erase(comment)

    monkeypatch.setattr(Comment, "erase", break_at_the_fourth)
    with pytest.raises(RuntimeError):
        erase_everything(mailbox)
    # Two are erased, two are as they were, and the link still leads here.
    assert Comment.objects.filter(erased_at=None).count() == 3
    assert Mailbox.objects.get() == mailbox
    monkeypatch.setattr(Comment, "erase", erase)
    assert erase_everything(mailbox) == 3
    assert not Comment.objects.filter(erased_at=None).exists()
    assert not Mailbox.objects.exists()


def test_an_address_in_other_letters_is_the_same_address(db):
    for typed in ["Ines@example.org", "INES@EXAMPLE.ORG", "ines@example.org"]:
        make_shown_comment(email=typed)
    assert erase_everything(make_mailbox(address="ines@example.org")) == 3


def test_all_threads_are_held_before_what_was_learnt_is_taken_back(db):
    mailbox = make_mailbox(address="ines@example.org")
    for _ in range(2):
        make_comment(email="ines@example.org").approve(by=make_user())
    with CaptureQueriesContext(connection) as queries:
        erase_everything(mailbox)
    said = [query["sql"] for query in queries.captured_queries]
    learnt = next(at for at, sql in enumerate(said) if "comments_classifier" in sql)
    for article in Comment.objects.values_list("article", flat=True):
        of_thread = f'"comments_thread"."article_id" = {article}'
        assert any(of_thread in sql for sql in said[:learnt])
