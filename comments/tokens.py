"""
The links of people without an account: whoever holds one acts for the one it was given to.

A token is signed for one purpose, with a salt of its own, and opens nothing
else. Signer also takes what was signed with one of SECRET_KEY_FALLBACKS.
"""

import time
from datetime import timedelta

from django.core.signing import BadSignature, Signer
from django.urls import reverse

from articles.models import CorrectionRequest
from comments.models import Comment, Mailbox

CONFIRM_WITHIN = timedelta(days=30)
DATA_WITHIN = timedelta(hours=24)
BROWSER_WITHIN = timedelta(days=180)
# How far the clocks of two of our machines may be apart.
CLOCKS_APART = timedelta(minutes=1)


def private_address(comment):
    """Where its author finds the state of the comment."""
    return reverse("comments:mine", args=[token_for(comment)])


def token_for(comment):
    return _signer("mine").sign(comment.pk)


def comment_of(token):
    """The comment whose author the token was given to; None for a token that we did not make."""
    numbers = _numbers_in(token, "mine", 1)
    if numbers is None:
        return None
    return Comment.objects.select_related("article").filter(pk=numbers[0]).first()


def request_address(asked):
    """Where whoever sent the correction request finds what became of it."""
    token = _signer("correction_request").sign(asked.pk)
    return reverse("comments:correction_request", args=[token])


def request_of(token):
    """The correction request whose sender the token was given to; None for a token that we did not make."""
    numbers = _numbers_in(token, "correction_request", 1)
    if numbers is None:
        return None
    requests = CorrectionRequest.objects.select_related("article", "answer")
    return requests.filter(pk=numbers[0]).first()


def confirm_address(mailbox):
    """Where the owner of the mailbox says that we may write there; for 30 days."""
    return reverse("comments:confirm", args=[_dated_token(mailbox, "mail.confirm")])


def mailbox_to_confirm(token):
    """The mailbox whose owner the token was mailed to; None when it is not ours or its time is over."""
    return _mailbox_of(token, "mail.confirm", lasting=CONFIRM_WITHIN)


def stop_address(mailbox, comment=None):
    """Where the owner of the mailbox ends the mails about the comment, or all of them; it never ends itself."""
    token = _signer("mail.stop").sign(f"{mailbox.pk}.{comment.pk if comment else 0}")
    return reverse("comments:stop", args=[token])


def mails_to_stop(token):
    """The mailbox whose owner the token was mailed to, or None; and the comment that it is about, if it is about one."""
    mailbox_id, comment_id = _numbers_in(token, "mail.stop", 2) or (None, None)
    mailbox = Mailbox.objects.filter(pk=mailbox_id).first()
    comments = Comment.objects.select_related("article")
    return mailbox, mailbox and comments.filter(pk=comment_id).first()


def data_address(mailbox):
    """Where the owner of the mailbox finds everything that was written with its address; for a day."""
    return reverse("comments:data", args=[_dated_token(mailbox, "mail.data")])


def mailbox_of_data(token):
    """The mailbox whose data the token opens; None when it is not ours or its time is over."""
    return _mailbox_of(token, "mail.data", lasting=DATA_WITHIN)


def browser_token(comment):
    """What the browser that wrote the comment is known by, when the next one comes from it; for 180 days."""
    return _dated_token(comment, "browser")


def comment_of_browser(token):
    """The key of a comment that the browser with this token wrote; None when the token is not ours or its time is over."""
    return _key_in(token, "browser", lasting=BROWSER_WITHIN)


def _dated_token(row, purpose):
    return _signer(purpose).sign(f"{row.pk}.{int(time.time())}")


def _mailbox_of(token, purpose, *, lasting):
    key = _key_in(token, purpose, lasting=lasting)
    return key and Mailbox.objects.filter(pk=key).first()


def _key_in(token, purpose, *, lasting):
    """The key of the row that a dated token was made for; None when it is not ours or its time is over."""
    numbers = _numbers_in(token, purpose, 2)
    if numbers is None:
        return None
    pk, made_at = numbers
    age = time.time() - made_at
    is_in_time = -CLOCKS_APART.total_seconds() <= age < lasting.total_seconds()
    return pk if is_in_time else None


def _numbers_in(token, purpose, count):
    """The numbers that we signed for this purpose; None when we did not."""
    try:
        numbers = [int(part) for part in _signer(purpose).unsign(token).split(".")]
    except (BadSignature, ValueError):
        return None
    return numbers if len(numbers) == count else None


def _signer(purpose):
    return Signer(salt=f"comments.{purpose}")
