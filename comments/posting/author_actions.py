"""What the author of a comment learns about it, and may do with it."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from articles.models import TransitionError
from comments.mail.triggers import ask_to_confirm
from comments.models import Appeal, Comment, Decision, Mailbox, Thread
from comments.models.sender_locks import lock_sender
from comments.posting.submit import change, screen_change

# Reasons that authors do not learn: “other” says nothing, and spammers get no answer.
_NOT_GIVEN = ["", Decision.Reason.OTHER, Decision.Reason.SPAM]


def state_of(comment, *, shown=None):
    """
    The state of the comment for its author.

    One of "withdrawn", "waiting", "not_published" (also spam), "published" and "approved"
    (but not shown). `shown` are the ids of the shown comments among several; without it, one
    query asks for this one.
    """
    if comment.is_withdrawn:
        return "withdrawn"
    if comment.is_waiting:
        return "waiting"
    if not comment.is_approved:
        return "not_published"
    is_shown = comment.is_shown if shown is None else comment.pk in shown
    return "published" if is_shown else "approved"


def reason_given(comment):
    """The reason of the rejection as the author may read it; empty if there is none."""
    if comment.status != Comment.Status.REJECTED:
        return ""
    # Newest first. No further filter, because lists of comments prefetch all decisions.
    for decision in comment.decisions.all():
        is_reason = (
            decision.to_status == Comment.Status.REJECTED
            and decision.what == Decision.What.STATUS
            and decision.undoes_id is None
        )
        if is_reason:
            return _told(decision)
    return ""


def _told(decision):
    """The reason and the explanation, if the moderator lets the author read them."""
    if not decision.told or decision.reason == Decision.Reason.SPAM:
        return ""
    reason = decision.get_reason_display() if decision.reason not in _NOT_GIVEN else ""
    return " – ".join(filter(None, [reason, decision.explanation]))


def partly(address):
    """The address shortened so that only its owner recognises it: `a…@example.com`."""
    name, _, host = address.rpartition("@")
    return f"{name[:1]}…@{host}"


def withdraw(comment):
    """Withdraw the comment, even if a moderator decides at the same moment."""
    for _attempt in range(2):
        if comment.is_withdrawn:
            return
        try:
            comment.withdraw()
        except TransitionError:
            # The comment was refreshed, so the second try starts from the moderator's decision.
            continue


def change_words(comment, body, *, by=None, network=None):
    """
    Change the text of the comment; an equal text changes nothing.

    `by` is the signed-in moderator, `network` the network that the request came from. Raises
    TransitionError with a sentence that says why it is too late.
    """
    # Before the transaction, so that no other writer waits for the screening.
    screening = screen_change(comment, body, by=by, network=network)
    with transaction.atomic():
        # Locked before comparing, so that the same text sent twice at once changes it once.
        Thread.objects.lock_for(comment.article)
        comment.refresh_from_db()
        if body == comment.body:
            return
        if not comment.is_editable:
            raise TransitionError(_why_not_editable(comment))
        change(comment, body, by=by, network=network, screening=screening)


def needs_another_look(comment, by):
    """Whether changing the text hides the comment until a moderator has read it."""
    is_own_answer = by is not None and by.pk == comment.by_id
    return comment.is_approved and not is_own_answer


def appeal(comment, message):
    """
    Store the author's appeal; there can be only one.

    The same message again changes nothing. Raises TransitionError with a sentence that says
    why it is too late.
    """
    with transaction.atomic():
        Thread.objects.lock_for(comment.article)
        comment.refresh_from_db()
        if comment.can_be_appealed:
            Appeal.objects.create(comment=comment, message=message)
        elif appeal_of(comment) is None or comment.appeal.message != message:
            raise TransitionError(_why_not_appealed(comment))


def appeal_of(comment):
    """The Appeal of the comment's author; None if there is none."""
    return getattr(comment, "appeal", None)


def hear_of_replies(comment, address="", *, networks):
    """
    Mail replies to the comment's address, or to `address` if it has none.

    The owner of the address must first confirm that they wrote the comment, unless that is
    proved. `networks` are the hashes of the sender's network.
    """
    with transaction.atomic():
        lock_sender(networks, address=comment.email or address)
        Thread.objects.lock_for(comment.article)
        comment.refresh_from_db()
        if comment.is_withdrawn:
            return
        comment.email = comment.email or address
        comment.notify = True
        comment.mailbox = comment.mailbox or Mailbox.objects.proven_for(comment)
        comment.save(update_fields=["email", "notify", "mailbox"])
        ask_to_confirm(comment, networks=networks)


def prove_address(comment, *, networks):
    """
    Mail the comment's address a link with which its owner proves that they wrote it.

    `networks` are the hashes of the requester's network. The requester does not learn whether
    a mail was written; see mail.triggers.ask_to_confirm.
    """
    with transaction.atomic():
        lock_sender(networks, address=comment.email)
        Thread.objects.lock_for(comment.article)
        comment.refresh_from_db()
        if not comment.is_withdrawn:
            ask_to_confirm(comment, networks=networks)


def _why_not_editable(comment):
    if comment.is_withdrawn:
        return _("You have withdrawn this comment.")
    if state_of(comment) == "not_published":
        return _("A moderator has decided not to publish this comment.")
    if timezone.now() >= comment.editable_until:
        return _("The time for editing this comment is over.")
    return _(
        "Someone has already replied to this comment, so it can no longer be edited."
    )


def _why_not_appealed(comment):
    if appeal_of(comment) is not None:
        return _("You have already sent the moderators a message about this comment.")
    if comment.is_withdrawn:
        return _("You have withdrawn this comment.")
    return _(
        "The moderators have changed their decision, so there is nothing to review."
    )
