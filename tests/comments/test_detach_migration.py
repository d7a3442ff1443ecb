"""The migration that detaches comments assigned to a person only by a typed address."""

from datetime import timedelta
from importlib import import_module
from types import SimpleNamespace

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from comments import doctor
from tests.factories import (
    make_comment,
    make_commenter,
    make_mailbox,
    make_user,
)

NAME = "0005_detach_unproven_comments"
migration = import_module(f"comments.migrations.{NAME}")


def detach():
    state = MigrationExecutor(connection).loader.project_state(("comments", NAME))
    migration.detach(state.apps, SimpleNamespace(connection=connection))


@pytest.fixture
def ines(db):
    """Somebody who was asked to confirm a comment and did."""
    asked_at = timezone.now() - timedelta(days=3)
    mailbox = make_mailbox(
        address="ines@example.org", asked_at=asked_at, confirmed_at=timezone.now()
    )
    return make_commenter(mailbox=mailbox)


def test_only_what_was_typed_is_nobodys_any_more_and_it_says_how_many(ines, capsys):
    asked_at = ines.mailbox.asked_at

    def written(days=1, **fields):
        at = asked_at + timedelta(days=days)
        fields = {"email": "Ines@example.org", "commenter": ines} | fields
        return make_comment(created_at=at, **fields)

    mailed = written(days=0)
    typed = [written(), written(days=-1), written(days=2, email="INES@EXAMPLE.ORG")]
    # Only a browser's token can have assigned these to her.
    browser = [written(email=""), written(email="bo@example.org")]
    staff = written(commenter=None, by=make_user())
    other = make_commenter(address="bo@example.org")
    others = [written(commenter=other), written(commenter=make_commenter(), email="")]
    twice = written(email="bo@example.org", commenter=other)
    detach()
    assert (
        "4 comments of 2 people counted as theirs only because"
        in capsys.readouterr().out
    )
    for one in [mailed, staff, twice, *typed, *browser, *others]:
        one.refresh_from_db()
    assert (mailed.commenter, mailed.mailbox) == (ines, ines.mailbox)
    assert {one.commenter for one in [*typed, staff, twice]} == {None}
    assert [one.commenter for one in browser] == [ines, ines]
    assert others[0].commenter == other
    assert others[1].commenter is not None
    assert {one.mailbox for one in [*typed, *browser, *others]} == {None}
    # A second run changes nothing.
    detach()
    assert capsys.readouterr().out == ""


def test_of_two_comments_for_which_the_link_may_have_been_mailed_neither_is_proven(
    ines,
):
    for seconds in [1, 2]:
        make_comment(
            email="ines@example.org",
            commenter=ines,
            created_at=ines.mailbox.asked_at - timedelta(seconds=seconds),
        )
    detach()
    assert not ines.comments.exists()


def test_what_the_release_before_gave_to_a_person_since_the_doctor_detaches(ines):
    typed = make_comment(email="INES@example.org", commenter=ines)
    proven = make_comment(
        email="ines@example.org", commenter=ines, mailbox=ines.mailbox
    )
    browser = make_comment(commenter=ines)
    [finding] = doctor.authors_by_typing()
    assert finding.name == f"comment {typed.pk}"
    finding.mend()
    assert set(ines.comments.all()) == {proven, browser}
    assert list(doctor.authors_by_typing()) == []
