from django.db import migrations
from django.db.models.functions import Lower

from articles.core.append_only import allow_changes, refuse_changes

BATCH = 1000


def fill(apps, schema_editor):
    """What people have decided so far, and who has confirmed an address so far."""
    alias = schema_editor.connection.alias
    Comment, Decision, Mailbox, Commenter = (
        apps.get_model("comments", name).objects.using(alias)
        for name in ["Comment", "Decision", "Mailbox", "Commenter"]
    )
    judged = Decision.exclude(by_name="").values("comment").distinct()
    keys = list(judged.values_list("comment", flat=True).order_by("comment"))
    for start in range(0, len(keys), BATCH):
        for comment in Comment.filter(pk__in=keys[start : start + BATCH]).only("pk"):
            decisions = Decision.filter(comment=comment).order_by("-at", "-id")
            if judgement := _judgement(decisions):
                Comment.filter(pk=comment.pk).update(
                    judged_as=judgement.to_status, judged_at=judgement.at
                )
    for mailbox in Mailbox.filter(confirmed_at__isnull=False).iterator():
        commenter = Commenter.create(mailbox=mailbox)
        # By the index on the small letters, however many comments and mailboxes there are.
        written = Comment.alias(address=Lower("email")).filter(address=mailbox.address)
        written.filter(by=None).update(commenter=commenter)


def _judgement(decisions):
    undone = set()
    for decision in decisions:
        if decision.pk in undone:
            continue
        if decision.undoes_id:
            undone.add(decision.undoes_id)
            continue
        is_kept = decision.what == "keep" and decision.to_status in ["approved", "spam"]
        if decision.by_name and (decision.what == "status" or is_kept):
            return decision
    return None


class Migration(migrations.Migration):
    dependencies = [("comments", "0010_the_moderators_desk")]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
        *(
            migrations.RunPython(refuse_changes(table), allow_changes(table))
            for table in ["comments_batch", "comments_threadstep"]
        ),
    ]
