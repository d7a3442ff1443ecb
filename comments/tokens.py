"""The links of people without an account: whoever holds one acts for the comment's author."""

from django.core.signing import BadSignature, Signer
from django.urls import reverse

from comments.models import Comment


def private_address(comment):
    """Where its author finds the state of the comment."""
    return reverse("comments:mine", args=[token_for(comment)])


def token_for(comment):
    return _signer().sign(comment.pk)


def comment_of(token):
    """The comment whose author the token was given to; None for a token that we did not make."""
    try:
        pk = _signer().unsign(token)
    except BadSignature:
        return None
    return Comment.objects.select_related("article").filter(pk=pk).first()


def _signer():
    # A salt of its own purpose: a token made for anything else opens nothing here.
    # Signer also takes what was signed with one of SECRET_KEY_FALLBACKS.
    return Signer(salt="comments.mine")
