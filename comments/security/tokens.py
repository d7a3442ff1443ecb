"""
Tokens in the private links of people without an account.

Whoever has a link can do what its owner may do. A token is signed for one purpose with a
salt of its own and opens nothing else; signatures with SECRET_KEY_FALLBACKS are accepted.
A token names its row by id and by the row's random key, so that it does not open another
row that later gets the same id, for example after an old backup was restored; see
articles.core.link_keys. Tokens from the time before these keys open only rows of that time.
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
    """The address of the comment's private page, for its author."""
    return reverse("comments:mine", args=[token_for(comment)])


def token_for(comment):
    """The token of the comment's private page; it never expires."""
    return _signer("mine").sign(row_name(comment))


def comment_of(token):
    """The comment whose private page the token opens; None for an invalid token."""
    comments = Comment.objects.select_related("article")
    return row_by_name(comments, *_parts(token, "mine", [2, 1]))


def request_address(asked):
    """The address where the sender of the correction request finds its state."""
    token = _signer("correction_request").sign(row_name(asked))
    return reverse("comments:correction_request", args=[token])


def request_of(token):
    """The correction request that the token opens; None for an invalid token."""
    requests = CorrectionRequest.objects.select_related("article", "answer")
    return row_by_name(requests, *_parts(token, "correction_request", [2, 1]))


def confirm_address(mailbox, comment=None):
    """
    The address where the owner confirms the mailbox and that they wrote the comment.

    Valid for CONFIRM_WITHIN.
    """
    about = row_name(comment) if comment else NO_ROW
    token = _dated_signer("mail.confirm").sign(f"{row_name(mailbox)}.{about}")
    return reverse("comments:confirm", args=[token])


def mailbox_to_confirm(token):
    """
    The mailbox that the token confirms, and the comment that the mail was about.

    Both None if the token is invalid or expired; no comment if it is deleted.
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
    """The address that stops the mails about the comment, or all mails; it never expires."""
    about = row_name(comment) if comment else NO_ROW
    token = _signer("mail.stop").sign(f"{row_name(mailbox)}.{about}")
    return reverse("comments:stop", args=[token])


def mails_to_stop(token):
    """The mailbox to stop mails to, and the comment they are about; each may be None."""
    parts = _parts(token, "mail.stop", [4, 2])
    half = len(parts) // 2
    mailbox = row_by_name(Mailbox.objects, *parts[:half])
    comments = Comment.objects.select_related("article")
    return mailbox, mailbox and row_by_name(comments, *parts[half:])


def data_address(mailbox):
    """The address of everything written with the mailbox's address; valid for DATA_WITHIN."""
    return reverse("comments:data", args=[_dated_token(mailbox, "mail.data")])


def mailbox_of_data(token):
    """The mailbox whose data the token opens; None if it is invalid or expired."""
    return _dated_row(Mailbox.objects, token, "mail.data", within=DATA_WITHIN)


def browser_token(comment):
    """The token by which the comment's browser is recognised; valid for BROWSER_WITHIN."""
    return _dated_token(comment, "browser")


def comment_of_browser(token):
    """The id of a comment that the browser with this token wrote; None if invalid or expired."""
    numbers = Comment.objects.values_list("pk", flat=True)
    return _dated_row(numbers, token, "browser", within=BROWSER_WITHIN)


def row_name(row):
    """The id and the link key of a row, as tokens hold them."""
    return f"{row.pk}.{row.link_key}"


def row_by_name(rows, pk=None, key=None):
    """The row with this id and link key; None if it is gone or another row has its id now."""
    if pk in [None, "0"]:
        return None
    known = {"takes_old_links": True} if key is None else {"link_key": key}
    return rows.filter(pk=pk, **known).first()


def sign_dated(parts, purpose):
    """Sign the parts, joined by dots, for this purpose, with the present time."""
    return _dated_signer(purpose).sign(".".join(map(str, parts)))


def _dated_token(row, purpose):
    return sign_dated([row_name(row)], purpose)


def _dated_row(rows, token, purpose, *, within):
    """The row that a dated token names; None if the token is invalid or expired."""
    parts, is_in_time = read_dated(token, purpose, within=within)
    return row_by_name(rows, *parts) if is_in_time else None


def read_dated(token, purpose, *, within):
    """The parts of a dated token, and whether it has not expired; no parts if it is invalid."""
    signer = _dated_signer(purpose)
    try:
        return signer.unsign(token, max_age=within).split("."), True
    except SignatureExpired:
        return signer.unsign(token).split("."), False
    except BadSignature:
        # Tokens of earlier releases end with the time of signing, in seconds.
        *parts, made_at = _unsigned(token, _signer(purpose)) or [0]
        return parts, time.time() - int(made_at) < within.total_seconds()


def _parts(token, purpose, lengths):
    """The parts of a token, if it is valid and has one of these numbers of parts; else []."""
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
