from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from comments.models import Comment, Thread
from tests.factories import make_shown_comment


def doctor(**options):
    """The output of the command, and the error it ends with."""
    out = StringIO()
    try:
        call_command("doctor", stdout=out, **options)
    except CommandError as error:
        return out.getvalue(), str(error)
    return out.getvalue(), None


def test_where_everything_is_right_the_doctor_says_so_and_succeeds(db):
    make_shown_comment(parent=make_shown_comment())
    said, complaint = doctor()
    assert complaint is None
    assert "right: counts of shown comments: Nothing is wrong." in said
    assert said.splitlines()[-1] == "11 right"


def test_what_is_wrong_is_said_and_left_alone(db):
    comment = make_shown_comment()
    Thread.objects.update(shown_count=3)
    said, complaint = doctor()
    assert (
        f"wrong: counts of shown comments: “{comment.article.title}”: "
        "The number kept is 3, and the true one is 1." in said
    )
    assert complaint.startswith("1 thing is wrong")
    assert "--repair" in complaint
    assert Thread.objects.get().shown_count == 3


def test_repair_mends_the_counts_and_succeeds(db):
    make_shown_comment()
    Thread.objects.update(shown_count=3)
    Comment.objects.update(approved_replies=2)
    said, complaint = doctor(repair=True)
    assert complaint is None
    assert said.splitlines()[-1] == "2 mended, 9 right"
    assert Thread.objects.get().shown_count == 1
    assert Comment.objects.get().approved_replies == 0
    assert doctor()[1] is None


def test_what_no_machine_can_mend_stays_a_complaint(db):
    reply = make_shown_comment(parent=make_shown_comment())
    Comment.objects.filter(pk=reply.pk).update(parent=reply)
    said, complaint = doctor(repair=True)
    assert f"wrong: roots of replies: comment {reply.pk}: It does not hang" in said
    assert "somebody has to look at it" in complaint


def test_stopped_half_way_it_says_how_to_go_on(db, monkeypatch):
    def stop(check, outcomes, *, repair):
        raise KeyboardInterrupt

    monkeypatch.setattr("newsroom.management.commands.doctor._look", stop)
    with pytest.raises(CommandError, match="run the same command again") as stopped:
        call_command("doctor", stdout=StringIO())
    assert stopped.value.returncode == 130
