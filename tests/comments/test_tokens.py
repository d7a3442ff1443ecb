import pytest
from django.core.signing import Signer, dumps

from comments.models import Comment
from comments.tokens import comment_of, private_address, token_for
from newsroom.logs import masked
from tests.factories import make_comment


def test_a_token_leads_to_its_comment(db):
    comment = make_comment()
    assert comment_of(token_for(comment)) == comment


def test_the_token_is_the_same_each_time(db):
    comment = make_comment()
    assert token_for(comment) == token_for(Comment.objects.get(pk=comment.pk))


def test_forged_and_foreign_tokens_lead_nowhere(db):
    comment, other = make_comment(), make_comment()
    signature = token_for(comment).partition(":")[2]
    for token in [
        "",
        str(comment.pk),
        f"{comment.pk}:",
        f"{other.pk}:{signature}",
        f"{comment.pk}:{signature[:-1]}",
        token_for(comment).upper(),
        # Made by us, for another purpose.
        Signer().sign(comment.pk),
        Signer(salt="something.else").sign(comment.pk),
        dumps(comment.pk),
    ]:
        assert comment_of(token) is None, token


def test_a_token_for_no_comment_leads_nowhere(db):
    assert comment_of(token_for(Comment(pk=4711))) is None


def test_a_token_outlives_a_change_of_the_secret(db, settings):
    comment = make_comment()
    token = token_for(comment)
    settings.SECRET_KEY, old = "a new secret", settings.SECRET_KEY
    assert comment_of(token) is None
    settings.SECRET_KEY_FALLBACKS = [old]
    assert comment_of(token) == comment


@pytest.mark.parametrize("pk", [1, 2**62])
def test_a_token_needs_no_quoting_in_an_address(pk):
    assert private_address(Comment(pk=pk)).endswith(f"/{token_for(Comment(pk=pk))}/")


def test_the_log_does_not_tell_the_token(db):
    comment = make_comment()
    line = masked(f'"GET {private_address(comment)} HTTP/1.1" 200')
    assert token_for(comment) not in line
    assert line == '"GET /comments/mine/…/ HTTP/1.1" 200'
