from collections import Counter
from datetime import timedelta

from django.db import migrations
from django.db.models.functions import Lower

BATCH = 1000
# The one mail that asked for confirmation was written in the transaction that stored the
# comment it was about, and no transaction waits longer for its turn.
STORED_WITHIN = timedelta(minutes=1)


def detach(apps, schema_editor):
    """
    Take from every person the comments that are theirs only because somebody typed their address.

    So far an address that was confirmed once made whoever typed it its owner. What stays
    is what was shown: the comment for which the link was mailed that its owner opened,
    and comments with another address or none, which only a browser can have given to
    them.
    """
    alias = schema_editor.connection.alias
    Comment, Mailbox = (
        apps.get_model("comments", name).objects.using(alias)
        for name in ["Comment", "Mailbox"]
    )
    number = Counter()
    owners = Mailbox.filter(confirmed_at__isnull=False, commenter__isnull=False)
    owners = owners.select_related("commenter").order_by("pk")
    for mailbox in owners.iterator(chunk_size=BATCH):
        # By the index on the small letters, however many comments and mailboxes there are.
        typed = Comment.alias(small=Lower("email")).filter(small=mailbox.address)
        proven = _mailed_for(typed, mailbox)
        if proven is not None:
            Comment.filter(pk=proven).update(mailbox=mailbox)
        others = typed.filter(commenter=mailbox.commenter.pk).exclude(pk=proven)
        if detached := others.update(commenter=None):
            number["comments"] += detached
            number["people"] += 1
    if number:
        comments = "comment" if number["comments"] == 1 else "comments"
        people = "person" if number["people"] == 1 else "people"
        print(  # noqa: T201
            f"\n    {number['comments']} {comments} of {number['people']} {people} counted"
            " as theirs only because their address was typed. Nobody is known to have"
            " written them now, until their authors show it.",
            end=" ",
        )


def _mailed_for(typed, mailbox):
    """The comment because of which the mailbox was asked for confirmation; None when that is not certain."""
    if mailbox.asked_at is None:
        return None
    just_before = mailbox.asked_at - STORED_WITHIN, mailbox.asked_at
    found = typed.filter(created_at__range=just_before).values_list("pk", flat=True)
    found = found.order_by("pk")[:2]
    return found[0] if len(found) == 1 else None


class Migration(migrations.Migration):
    dependencies = [("comments", "0004_proven_mailboxes")]

    operations = [
        # Backwards they stay nobody's: the release before takes their authors for the
        # owner again with the next comment that they write.
        migrations.RunPython(detach, migrations.RunPython.noop),
    ]
