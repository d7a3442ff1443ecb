"""
The links of people without an account: whoever holds one acts for the one it was given to.

A token is signed for one purpose, with a salt of its own, and opens nothing else. Signer
also takes what was signed with one of SECRET_KEY_FALLBACKS. A token names its row by the
number and by the random key of the row, so that it opens no other row that comes later
under the same number, as after an older copy of the database was restored; see
articles.core.link_keys. What was signed before rows had keys opens the rows of that time.
"""

import time
from datetime import timedelta

from django.core.signing import BadSignature, SignatureExpired, Signer, TimestampSigner
from django.urls import reverse

from articles.models import CorrectionRequest
from comments.models import Comment, Mailbox

CONFIRM_WITHIN = timedelta(days=30)
DATA_WITHIN = timedelta(hours=24)
BROWSER_WITHIN = timedelta(days=180)
NO_ROW = "0.0"


def private_address(comment):
    """Where its author finds the state of the comment."""
    return reverse("comments:mine", args=[token_for(comment)])


def token_for(comment):
    return _signer("mine").sign(row_name(comment))


def comment_of(token):
    """The comment whose author the token was given to; None for a token that we did not make."""
    comments = Comment.objects.select_related("article")
    return row_by_name(comments, *_parts(token, "mine", [2, 1]))


def request_address(asked):
    """Where whoever sent the correction request finds what became of it."""
    token = _signer("correction_request").sign(row_name(asked))
    return reverse("comments:correction_request", args=[token])


def request_of(token):
    """The correction request whose sender the token was given to; None for a token that we did not make."""
    requests = CorrectionRequest.objects.select_related("article", "answer")
    return row_by_name(requests, *_parts(token, "correction_request", [2, 1]))


def confirm_address(mailbox, comment=None):
    """Where the owner of the mailbox says whether they wrote the comment, and that we may write there; for 30 days."""
    about = row_name(comment) if comment else NO_ROW
    token = _dated_signer("mail.confirm").sign(f"{row_name(mailbox)}.{about}")
    return reverse("comments:confirm", args=[token])


def mailbox_to_confirm(token):
    """
    The mailbox whose owner the token was mailed to, and the comment that it was mailed for.

    No mailbox when the token is not ours or its time is over; no comment when it is gone.
    """
    parts, is_in_time = read_dated(token, "mail.confirm", within=CONFIRM_WITHIN)
    comments = Comment.objects.select_related("article")
    mailbox = row_by_name(Mailbox.objects, *parts[:2]) if is_in_time else None
    if mailbox is None:
        return None, None
    if len(parts) == 4:
        return mailbox, row_by_name(comments, *parts[2:])
    return mailbox, comments.asked_about(mailbox)


def stop_address(mailbox, comment=None):
    """Where the owner of the mailbox ends the mails about the comment, or all of them; it never ends itself."""
    about = row_name(comment) if comment else NO_ROW
    token = _signer("mail.stop").sign(f"{row_name(mailbox)}.{about}")
    return reverse("comments:stop", args=[token])


def mails_to_stop(token):
    """The mailbox whose owner the token was mailed to, or None; and the comment that it is about, if it is about one."""
    parts = _parts(token, "mail.stop", [4, 2])
    half = len(parts) // 2
    mailbox = row_by_name(Mailbox.objects, *parts[:half])
    comments = Comment.objects.select_related("article")
    return mailbox, mailbox and row_by_name(comments, *parts[half:])


def data_address(mailbox):
    """Where the owner of the mailbox finds everything that was written with its address; for a day."""
    return reverse("comments:data", args=[_dated_token(mailbox, "mail.data")])


def mailbox_of_data(token):
    """The mailbox whose data the token opens; None when it is not ours or its time is over."""
    return _dated_row(Mailbox.objects, token, "mail.data", within=DATA_WITHIN)


def browser_token(comment):
    """What the browser that wrote the comment is known by, when the next one comes from it; for 180 days."""
    return _dated_token(comment, "browser")


def comment_of_browser(token):
    """The number of a comment that the browser with this token wrote; None when the token is not ours or its time is over."""
    numbers = Comment.objects.values_list("pk", flat=True)
    return _dated_row(numbers, token, "browser", within=BROWSER_WITHIN)


def row_name(row):
    return f"{row.pk}.{row.link_key}"


def row_by_name(rows, pk=None, key=None):
    """The row that a token names; None where it is gone, also when another has its number now."""
    if pk in [None, "0"]:
        return None
    known = {"takes_old_links": True} if key is None else {"link_key": key}
    return rows.filter(pk=pk, **known).first()


def sign_dated(parts, purpose):
    """The parts, joined by dots, signed for this purpose with the time of now."""
    return _dated_signer(purpose).sign(".".join(map(str, parts)))


def _dated_token(row, purpose):
    return sign_dated([row_name(row)], purpose)


def _dated_row(rows, token, purpose, *, within):
    """The row that a dated token names; None when the token is not ours or its time is over."""
    parts, is_in_time = read_dated(token, purpose, within=within)
    return row_by_name(rows, *parts) if is_in_time else None


def read_dated(token, purpose, *, within):
    """What we signed for this purpose, without its time, and whether that is not over; nothing when we did not sign it."""
    signer = _dated_signer(purpose)
    try:
        return signer.unsign(token, max_age=within).split("."), True
    except SignatureExpired:
        return signer.unsign(token).split("."), False
    except BadSignature:
        # What earlier releases signed ends with the second in which they did.
        *parts, made_at = _unsigned(token, _signer(purpose)) or [0]
        return parts, time.time() - int(made_at) < within.total_seconds()


def _parts(token, purpose, lengths):
    """What we signed for this purpose, in one of these lengths; nothing when we did not."""
    parts = _unsigned(token, _signer(purpose))
    return parts if len(parts) in lengths else []


def _unsigned(token, signer):
    try:
        return signer.unsign(token).split(".")
    except BadSignature:
        return []


def _signer(purpose):
    return Signer(salt=f"comments.{purpose}")


def _dated_signer(purpose):
    return TimestampSigner(salt=f"comments.{purpose}.dated")
