from comments.mine import withdraw
from comments.models import Comment
from tests.factories import make_comment


def test_a_moderator_who_decides_meanwhile_does_not_stop_the_author(db):
    comment = make_comment()
    Comment.objects.get(pk=comment.pk).approve()
    withdraw(comment)
    comment.refresh_from_db()
    assert comment.is_withdrawn
