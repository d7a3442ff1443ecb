"""What we knew of readers, and know no more after 30 days. To be called again and again; see newsroom.ticking."""

from django.db import transaction

from comments.models import Comment, Mailbox, Mute, Report
from comments.models.network import with_network_to_forget
from comments.models.sender_locks import hold_addresses

# How many rows are changed before everybody else has a turn.
BATCH = 500


def forget_networks():
    """Blank the hashes of networks whose keys are gone: they say nothing any more, nor does what mutes them."""
    Mute.objects.to_forget().delete()
    for pile in [Comment.objects.all(), Report.objects.all()]:
        _in_batches(
            pile, with_network_to_forget(pile), lambda some: some.update(network="")
        )


def forget_unconfirmed_addresses():
    """Forget every address whose owner has not said yes: its mailbox, and where it was typed."""
    # Asked first, for a transaction would keep others waiting also when there is nothing to do.
    while Mailbox.objects.to_forget().exists():
        _forget_some_mailboxes()
    comments = Comment.objects.all()
    _in_batches(
        comments,
        comments.with_address_to_forget(),
        lambda some: some.forget_addresses(),
    )


@transaction.atomic
def _forget_some_mailboxes():
    # First, as everybody does who changes comments and then a mailbox: else each could wait for the other.
    to_forget = Mailbox.objects.to_forget()[:BATCH]
    found = dict(to_forget.values_list("pk", "address"))
    hold_addresses(found.values())
    # Locked, and looked at again under the lock: one that is confirmed in this moment stays.
    mailboxes = list(
        Mailbox.objects.to_forget().select_for_update().filter(pk__in=found)
    )
    addresses = [mailbox.address for mailbox in mailboxes]
    Comment.objects.written_from(*addresses).forget_addresses()
    Mailbox.objects.filter(address__in=addresses).delete()


def _in_batches(pile, to_change, change):
    while some := list(to_change.values_list("pk", flat=True)[:BATCH]):
        change(pile.filter(pk__in=some))
