"""
Retention: what is deleted about readers after 30 days.

`tick` calls these functions again and again.
"""

from django.db import transaction

from comments.models import Comment, Mailbox, Mute, Report
from comments.models.network import with_network_to_forget
from comments.models.sender_locks import lock_addresses

# The most rows changed in one transaction, so that others need not wait long.
BATCH = 500


def forget_networks():
    """Blank hashes of networks whose keys are deleted, and delete the mutes of such networks."""
    Mute.objects.to_forget().delete()
    for rows in [Comment.objects.all(), Report.objects.all()]:
        _in_batches(
            rows, with_network_to_forget(rows), lambda batch: batch.update(network="")
        )


def forget_unconfirmed_addresses():
    """Delete every address not confirmed in time: its mailbox, and the address in comments."""
    # Checked first, because a transaction makes others wait even if there is nothing to do.
    while Mailbox.objects.to_forget().exists():
        _forget_some_mailboxes()
    comments = Comment.objects.all()
    _in_batches(
        comments,
        comments.with_address_to_forget(),
        lambda batch: batch.forget_addresses(),
    )


@transaction.atomic
def _forget_some_mailboxes():
    # The addresses are locked first, as everywhere before comments and mailboxes: no deadlock.
    to_forget = Mailbox.objects.to_forget()[:BATCH]
    found = dict(to_forget.values_list("pk", "address"))
    lock_addresses(found.values())
    # Filtered again under the lock: a mailbox that has just been confirmed stays.
    mailboxes = list(
        Mailbox.objects.to_forget().select_for_update().filter(pk__in=found)
    )
    addresses = [mailbox.address for mailbox in mailboxes]
    Comment.objects.written_from(*addresses).forget_addresses()
    Mailbox.objects.filter(address__in=addresses).delete()


def _in_batches(rows, to_change, change):
    while keys := list(to_change.values_list("pk", flat=True)[:BATCH]):
        change(rows.filter(pk__in=keys))
