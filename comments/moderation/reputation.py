"""Reputation: who wrote a comment, and what moderators decided on that person's comments."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import IntegerField, OuterRef, Q, Subquery, Window
from django.db.models.functions import RowNumber
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from comments.models import Comment, Commenter, Mailbox, Mute, Note, Signal
from comments.models.commenter import CLEAN_FOR
from comments.models.sender_locks import lock_addresses

# Counts end just beyond this number.
MOST_COUNTED = 100
NEWEST = 5


def confirm_mailbox(mailbox, comment=None):
    """
    Confirm the mailbox, and assign the comment that the link was mailed for to its owner.

    Other comments of the same browser, with the same address or none, become theirs too.
    No others do, because anybody can type an address. The Commenter who was known by that
    browser alone keeps comments with other addresses; without any, their notes and mutes
    move to the mailbox's owner.
    """
    with transaction.atomic():
        # Locked first, as everywhere. A comment sent at this moment waits and then finds the
        # person.
        lock_addresses([mailbox.address])
        known = Mailbox.objects.select_for_update(no_key=True)
        if not known.filter(pk=mailbox.pk).exists():
            return
        mailbox.confirm()
        person = Commenter.objects.of(mailbox)
    if comment is not None and comment.asks_about(mailbox):
        for one in list(_of_the_same_browser(comment)):
            _assign_to(one, mailbox, person)


def disown(mailbox, comment=None):
    """
    Remove the address from a comment that the mailbox's owner did not write.

    If they have never confirmed the address, all mail to it stops.
    """
    if comment is not None and comment.asks_about(mailbox):
        Comment.objects.filter(pk=comment.pk, mailbox=None).forget_addresses()
        if mailbox.is_confirmed:
            return
    mailbox.stop()


def _of_the_same_browser(comment):
    """The comment and others of the same browser, with its address or without any."""
    same = Q(pk=comment.pk)
    if comment.commenter_id is not None:
        address = Q(email="") | Q(email__iexact=comment.email)
        same |= address & Q(commenter=comment.commenter_id, commenter__mailbox=None)
    return Comment.objects.filter(same, erased_at=None).select_related("commenter")


def _assign_to(comment, mailbox, person):
    """
    Assign one comment to the owner of the mailbox.

    One row at a time, because bulk actions lock comments in another order.
    """
    before = comment.commenter
    changes = {}
    if comment.email:
        changes["mailbox"] = mailbox
    # Staff replies have no commenter, and nothing is taken from a person with another mailbox.
    is_free = before is None or before.mailbox_id is None
    if comment.by_id is None and is_free:
        changes["commenter"] = person
    this_state = Comment.objects.filter(
        pk=comment.pk, commenter=before, email=comment.email, erased_at=None
    )
    this_state.update(**changes)
    Signal.objects.filter(comment=comment.pk, rule="unproven_address").delete()
    if before is not None and is_free:
        _move_notes_and_mutes(before.pk, person)


@transaction.atomic
def _move_notes_and_mutes(before, person):
    """Once a person known by a browser has no comments left, move their notes and mutes."""
    gone = Commenter.objects.unrecognisable().filter(pk=before)
    if gone.exists():
        Note.objects.filter(commenter=before).update(commenter=person)
        Mute.objects.filter(commenter=before).update(commenter=person)
        gone.delete()


def with_address_of_another(comments):
    """
    The keys of comments with the address of a known reader who is not the proved author.

    At most one query.
    """
    typed = {one.pk: one.email.lower() for one in comments if one.has_unproven_address}
    if not typed:
        return frozenset()
    known = Mailbox.objects.confirmed().filter(address__in=set(typed.values()))
    known = set(known.values_list("address", flat=True))
    return frozenset(key for key, address in typed.items() if address in known)


@dataclass
class Record:
    """A person's reputation. A number beyond MOST_COUNTED means only that there are more."""

    commenter: Commenter
    approved: int = 0
    rejected: int = 0
    spam: int = 0
    notes: int = 0
    muted_until: datetime | None = None
    is_trusted: bool = False
    # The last five, newest first, loaded with `name`, `body`, `status` and `created_at` only.
    newest: list[Comment] = field(default_factory=list)


def records_of(comments):
    """
    The Records of the people who wrote these comments, by the key of the commenter.

    Two queries. Comments without a commenter are skipped.
    """
    keys = {comment.commenter_id for comment in comments} - {None}
    return records_of_people(Commenter.objects.filter(pk__in=keys)) if keys else {}


def records_of_people(commenters):
    """Like `records_of`, for a queryset of commenters that is not sliced."""
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
    known = commenters.select_related("mailbox").with_trust()
    return known.with_mute().annotate(
        **{
            judged: _Number(Comment.objects.filter(**theirs, judged_as=judged))
            for judged in ["approved", "rejected", "spam"]
        },
        notes_number=_Number(Note.objects.filter(**theirs)),
    )


def waiting_of(commenter):
    """How many of their comments wait, counted up to just beyond MOST_COUNTED."""
    waiting = commenter.comments.waiting().order_by()
    return waiting[: MOST_COUNTED + 1].count()


def why_trusted(commenter):
    """Why they are trusted or not, as a sentence; `commenter` has `with_trust`."""
    needed = settings.TRUST_AFTER_APPROVALS
    if not needed:
        return _("Not trusted: on this site, all comments wait for a moderator.")
    values = {"number": needed, "days": CLEAN_FOR.days}
    if commenter.is_trusted:
        return (
            ngettext(
                "Trusted: at least %(number)d comment approved and none rejected in the last %(days)d days.",
                "Trusted: at least %(number)d comments approved and none rejected in the last %(days)d days.",
                needed,
            )
            % values
        )
    rejected_at = commenter.rejected_at
    if rejected_at is None:
        return (
            ngettext(
                "Not trusted yet: needs %(number)d approved comment.",
                "Not trusted yet: needs %(number)d approved comments.",
                needed,
            )
            % values
        )
    values["day"] = date_format(timezone.localtime(rejected_at), "DATE_FORMAT")
    return (
        ngettext(
            "Not trusted: a comment was rejected on %(day)s. To be trusted again, %(number)d more comment must be approved and none rejected for %(days)d days.",
            "Not trusted: a comment was rejected on %(day)s. To be trusted again, %(number)d more comments must be approved and none rejected for %(days)d days.",
            needed,
        )
        % values
    )


class _Number(Subquery):
    """The number of rows of a queryset, counted up to just beyond MOST_COUNTED."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) AS counted)"
    output_field = IntegerField()

    def __init__(self, rows):
        super().__init__(rows.order_by().values("pk")[: MOST_COUNTED + 1])


def _newest_of(keys):
    """The last NEWEST comments of each of these people, newest first, by their key."""
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
