import pytest

from comments.models import Comment, SecondLook
from comments.moderation.audit_sampling import draw_for_audit
from tests.comments.views.sending import send
from tests.factories import make_comment, make_user, make_visible_article

Looks = SecondLook.objects


@pytest.fixture
def decided(db):
    comment = make_comment()
    comment.approve()
    return comment


@pytest.mark.parametrize(
    ("percent", "lot", "drawn"),
    [
        (2, 0.0, True),
        (2, 0.0199, True),
        (2, 0.02, False),
        (2, 0.9999, False),
        (0, 0.0, False),
        (100, 0.9999999, True),
    ],
)
def test_so_many_percent_are_drawn(decided, settings, percent, lot, drawn):
    settings.SECOND_LOOKS = percent
    draw_for_audit(decided, lot=lambda: lot)
    assert Looks.exists() is drawn


def test_it_remembers_what_the_machine_decided_and_on_which_text(decided, settings):
    settings.SECOND_LOOKS = 100
    draw_for_audit(decided)
    look = Looks.get()
    assert (look.comment, look.status, look.text_revision) == (decided, "approved", 1)


def test_what_waits_for_a_moderator_anyway_is_not_drawn(db, settings):
    settings.SECOND_LOOKS = 100
    draw_for_audit(make_comment())
    assert not Looks.exists()


def test_what_a_member_of_staff_wrote_signed_in_is_not_drawn(decided, settings):
    settings.SECOND_LOOKS = 100
    decided.by = make_user()
    draw_for_audit(decided)
    assert not Looks.exists()


def test_a_comment_that_the_screening_decides_on_is_drawn_as_it_comes(
    db, client, settings
):
    settings.SECOND_LOOKS = 100
    article = make_visible_article()
    send(client, article)
    assert not Looks.exists()
    send(client, article, subject="https://spam.example", body="Buy.")
    look = Looks.get()
    assert look.status == "spam"
    assert look.comment == Comment.objects.latest("id")
