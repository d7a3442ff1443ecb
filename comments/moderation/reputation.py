"""Who is known among the readers, and what is known of them."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import IntegerField, OuterRef, Q, Subquery, Window
from django.db.models.functions import RowNumber
from django.utils import timezone
from django.utils.formats import date_format

from comments.models import Comment, Commenter, Mailbox, Mute, Note, Signal
from comments.models.commenter import CLEAN_FOR
from comments.models.sender_locks import hold_addresses

# Nobody needs to know exactly beyond this, and nothing is counted further.
MOST_COUNTED = 100
NEWEST = 5


def confirm(mailbox, comment=None):
    """
    Write to the mailbox from now on, and know that its owner wrote the comment that the link was mailed for.

    What else was written in the browser of that comment, with the same address or with
    none, is theirs, too. Nothing else is: anybody can type an address. Who was known by
    that browser alone goes on only with comments of other addresses; the notes and mutes
    of one who has none are the mailbox's from now on.
    """
    with transaction.atomic():
        # First, as everybody does: also, whoever sends a comment now finds the person.
        hold_addresses([mailbox.address])
        known = Mailbox.objects.select_for_update(no_key=True)
        if not known.filter(pk=mailbox.pk).exists():
            return
        mailbox.confirm()
        person = Commenter.objects.of(mailbox)
    if comment is not None and comment.asks_about(mailbox):
        for one in list(_of_the_same_browser(comment)):
            _give(one, mailbox, person)


def disown(mailbox, comment=None):
    """
    The owner of the mailbox says that they did not write the comment: take the address out of it.

    Who has never confirmed the address hears no more from us.
    """
    if comment is not None and comment.asks_about(mailbox):
        Comment.objects.filter(pk=comment.pk, mailbox=None).forget_addresses()
        if mailbox.is_confirmed:
            return
    mailbox.stop()


def _of_the_same_browser(comment):
    """The comment, and what the same browser is known to have written with its address or without one."""
    same = Q(pk=comment.pk)
    if comment.commenter_id is not None:
        address = Q(email="") | Q(email__iexact=comment.email)
        same |= address & Q(commenter=comment.commenter_id, commenter__mailbox=None)
    return Comment.objects.filter(same, erased_at=None).select_related("commenter")


def _give(comment, mailbox, person):
    """Give one comment to the owner of the mailbox: a row at a time, for who decides on several locks them in another order."""
    before = comment.commenter
    given = {}
    if comment.email:
        given["mailbox"] = mailbox
    # What staff wrote signed in is nobody's, and of who is known by another address nothing is taken.
    is_free = before is None or before.mailbox_id is None
    if comment.by_id is None and is_free:
        given["commenter"] = person
    this_state = Comment.objects.filter(
        pk=comment.pk, commenter=before, email=comment.email, erased_at=None
    )
    this_state.update(**given)
    Signal.objects.filter(comment=comment.pk, rule="unproven_address").delete()
    if before is not None and is_free:
        _follow(before.pk, person)


@transaction.atomic
def _follow(before, person):
    """Let what was said of somebody known by the browser follow the last of their comments."""
    gone = Commenter.objects.left_without_a_trace().filter(pk=before)
    if gone.exists():
        Note.objects.filter(commenter=before).update(commenter=person)
        Mute.objects.filter(commenter=before).update(commenter=person)
        gone.delete()


def with_address_of_another(comments):
    """
    The keys of those of the comments with the address of a reader whom we know, who has not shown to have written them.

    One query, or none where no address is to be looked up.
    """
    typed = {one.pk: one.email.lower() for one in comments if one.has_unproven_address}
    if not typed:
        return frozenset()
    known = Mailbox.objects.confirmed().filter(address__in=set(typed.values()))
    known = set(known.values_list("address", flat=True))
    return frozenset(key for key, address in typed.items() if address in known)


@dataclass
class Record:
    """What moderators made of a person's comments. A number beyond MOST_COUNTED says only that there are more."""

    commenter: Commenter
    approved: int = 0
    rejected: int = 0
    spam: int = 0
    notes: int = 0
    muted_until: datetime | None = None
    is_trusted: bool = False
    # The last five, the newest first, with `pk`, `name`, `body`, `status` and `created_at`.
    newest: list[Comment] = field(default_factory=list)


def records_of(comments):
    """
    What is known of the people who wrote these comments: a Record by the key of each commenter.

    Two queries, however many comments and people there are. A comment without a
    commenter is in none: nobody is known to have written it.
    """
    keys = {comment.commenter_id for comment in comments} - {None}
    return records_of_people(Commenter.objects.filter(pk__in=keys)) if keys else {}


def records_of_people(commenters):
    """`records_of` for people themselves, given as a pile of commenters that is not sliced."""
    known = list(_with_numbers(commenters))
    newest = _newest_of({commenter.pk for commenter in known})
    return {each.pk: _record(each, newest[each.pk]) for each in known}


def _record(commenter, newest):
    names = ["approved", "rejected", "spam", "notes_number", "muted_until"]
    approved, rejected, spam, notes, muted_until = (
        getattr(commenter, name) for name in names
    )
    return Record(
        commenter=commenter,
        approved=approved,
        rejected=rejected,
        spam=spam,
        notes=notes,
        muted_until=muted_until,
        is_trusted=bool(commenter.is_trusted),
        newest=newest,
    )


def _with_numbers(commenters):
    theirs = {"commenter": OuterRef("pk")}
    known = commenters.select_related("mailbox").knowing_whether_trusted()
    return known.knowing_their_mute().annotate(
        **{
            judged: _Number(Comment.objects.filter(**theirs, judged_as=judged))
            for judged in ["approved", "rejected", "spam"]
        },
        notes_number=_Number(Note.objects.filter(**theirs)),
    )


def waiting_of(commenter):
    """How many comments of theirs wait, counted no further than just beyond MOST_COUNTED."""
    waiting = commenter.comments.waiting().order_by()
    return waiting[: MOST_COUNTED + 1].count()


def why_trusted(commenter):
    """Whether new comments of theirs need not wait, and why, as a sentence; for one who knows whether they are trusted."""
    needed = settings.TRUST_AFTER_APPROVALS
    if not needed:
        return "Not trusted: on this site the comments of everybody wait."
    approvals = f"{needed} comment{'s' if needed != 1 else ''}"
    if commenter.is_trusted:
        return f"Trusted: moderators have approved {approvals}, and rejected none in {CLEAN_FOR.days} days."
    rejected_at = commenter.rejected_at
    if rejected_at is None:
        return f"Not trusted yet: moderators have to approve {approvals} first."
    day = date_format(timezone.localtime(rejected_at), "j F Y")
    return f"Not trusted: moderators rejected a comment on {day}. They have to approve {approvals} after that, and reject none for {CLEAN_FOR.days} days."


class _Number(Subquery):
    """How many there are, counted no further than just beyond MOST_COUNTED."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) AS counted)"
    output_field = IntegerField()

    def __init__(self, pile):
        super().__init__(pile.order_by().values("pk")[: MOST_COUNTED + 1])


def _newest_of(keys):
    """The last comments of each of these people, the newest first."""
    place = Window(
        RowNumber(), partition_by="commenter", order_by=["-created_at", "-id"]
    )
    numbered = Comment.objects.filter(commenter__in=keys).annotate(place=place)
    newest = numbered.filter(place__lte=NEWEST).values("pk")
    found = Comment.objects.filter(pk__in=newest).newest_first()
    of_each = defaultdict(list)
    for comment in found.only("commenter", "name", "body", "status", "created_at"):
        of_each[comment.commenter_id].append(comment)
    return of_each
