import pytest

from comments import data
from comments.data import erase_everything
from comments.models import Comment, Mailbox
from tests.factories import make_comment, make_mailbox, make_shown_comment


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
