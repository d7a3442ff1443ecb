"""What its author is told of a comment, and may do with it."""

from django.db import transaction
from django.utils import timezone

from articles.models import TransitionError
from comments.mail.triggers import ask_to_confirm
from comments.models import Appeal, Comment, Decision, Mailbox, Thread
from comments.models.sender_locks import hold_sender
from comments.posting.submit import change

# Reasons that its author is not told: the one says nothing, the other is for robots.
_NOT_GIVEN = ["", Decision.Reason.OTHER, Decision.Reason.SPAM]


def state_of(comment, *, shown=None):
    """
    What became of the comment, in one word; spam is not called so.

    `shown` are the ids of the shown comments among several, read at once; without it the
    database is asked for this one.
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
    """Why the comment was rejected, where a moderator chose a reason that says something."""
    if comment.status != Comment.Status.REJECTED:
        return ""
    # Newest first, and read as a whole: several comments have theirs prefetched.
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
    """The reason and what the moderator wrote beside it, where the moderator lets them be told."""
    if not decision.told or decision.reason == Decision.Reason.SPAM:
        return ""
    reason = decision.get_reason_display() if decision.reason not in _NOT_GIVEN else ""
    return " – ".join(filter(None, [reason, decision.explanation]))


def partly(address):
    """An email address that its owner recognises, and that tells nobody else who it is."""
    name, _, host = address.rpartition("@")
    return f"{name[:1]}…@{host}"


def withdraw(comment):
    """Withdraw the comment; a moderator who decides in the same moment does not stop its author."""
    for _ in range(2):
        if comment.is_withdrawn:
            return
        try:
            comment.withdraw()
        except TransitionError:
            # It was refreshed: the next turn starts from what the moderator made of it.
            continue


def change_words(comment, body, *, by=None, network=None):
    """
    Let the comment say something else; the same words change nothing.

    `by` is the moderator who is signed in, `network` where the words came from. Raises TransitionError when it is too late,
    with a sentence that says why.
    """
    with transaction.atomic():
        # Held before it is asked, so that the same words sent twice at once change once.
        Thread.objects.held_by(comment.article)
        comment.refresh_from_db()
        if body == comment.body:
            return
        if not comment.is_editable:
            raise TransitionError(_why_not_editable(comment))
        change(comment, body, by=by, network=network)


def needs_another_look(comment, by):
    """Whether readers lose sight of the comment when its words change, until a moderator has read them."""
    is_own_answer = by is not None and by.pk == comment.by_id
    return comment.is_approved and not is_own_answer


def appeal(comment, message):
    """
    Ask the moderators to look again, once.

    The same message again is the one that was sent. Raises TransitionError when it
    is too late, with a sentence that says why.
    """
    with transaction.atomic():
        Thread.objects.held_by(comment.article)
        comment.refresh_from_db()
        if comment.can_be_appealed:
            Appeal.objects.create(comment=comment, message=message)
        elif appeal_of(comment) is None or comment.appeal.message != message:
            raise TransitionError(_why_not_appealed(comment))


def appeal_of(comment):
    """The message to the moderators that its author has sent; None when there is none."""
    return getattr(comment, "appeal", None)


def hear_of_replies(comment, address="", *, networks):
    """
    Mail replies to the comment's own address, or to this one where it came without.

    The owner of the address is asked first whether they wrote it, unless they have shown that.
    `networks` are the hashes of whoever wants it.
    """
    with transaction.atomic():
        hold_sender(networks, address=comment.email or address)
        Thread.objects.held_by(comment.article)
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
    Mail the address of the comment a link by which its owner shows that they wrote it.

    `networks` are the hashes of whoever asks for it. Nobody learns whether a mail was
    written; see notifications.ask_to_confirm.
    """
    with transaction.atomic():
        hold_sender(networks, address=comment.email)
        Thread.objects.held_by(comment.article)
        comment.refresh_from_db()
        if not comment.is_withdrawn:
            ask_to_confirm(comment, networks=networks)


def _why_not_editable(comment):
    if comment.is_withdrawn:
        return "You have withdrawn this comment."
    if state_of(comment) == "not_published":
        return "A moderator has decided not to publish this comment."
    if timezone.now() >= comment.editable_until:
        return "The time in which a comment can be changed is over."
    return "Somebody has answered this comment, and an answer stays under the words that it answers."


def _why_not_appealed(comment):
    if appeal_of(comment) is not None:
        return "You have sent the moderators a message about this comment before, and there is only one."
    if comment.is_withdrawn:
        return "You have withdrawn this comment."
    return "The moderators have changed what they decided, so there is nothing to look at again."
