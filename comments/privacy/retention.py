"""
Retention: what is deleted about readers after 30 days.

`tick` calls these functions again and again.
"""

from django.db import transaction

from articles.core.batches import (
    BATCH,
    change_in_batches,
    delete_in_batches,
    pausing_for_other_writers,
)
from comments.models import Comment, Mailbox, Mute, Report
from comments.models.network import with_network_to_forget
from comments.models.sender_locks import lock_addresses

# The most transactions for one kind of row in one run, once an hour.
MOST_BATCHES = 200


def forget_networks():
    """Blank hashes of networks whose keys are deleted, and delete the mutes of such networks."""
    delete_in_batches(Mute.objects.to_forget(), most=MOST_BATCHES)
    for rows in [Comment.objects.all(), Report.objects.all()]:
        change_in_batches(
            with_network_to_forget(rows),
            lambda batch: batch.update(network=""),
            most=MOST_BATCHES,
        )


def forget_unconfirmed_addresses():
    """Delete every address not confirmed in time: its mailbox, and the address in comments."""
    # Checked first, because a transaction makes others wait even if there is nothing to do.
    for _ in range(MOST_BATCHES):
        if not Mailbox.objects.to_forget().exists():
            break
        with pausing_for_other_writers():
            _forget_some_mailboxes()
    change_in_batches(
        Comment.objects.with_address_to_forget(),
        lambda batch: batch.forget_addresses(),
        most=MOST_BATCHES,
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
