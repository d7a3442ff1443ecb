from django.db import migrations
from django.db.models import Count, F, OuterRef, Subquery


def fill(apps, schema_editor):
    """Count what is there, and announce nothing that readers have seen already."""
    comments = apps.get_model("comments", "Comment").objects.using(
        schema_editor.connection.alias
    )
    replies = (
        comments.filter(root=OuterRef("pk"), status="approved")
        .order_by()
        .values("root")
        .annotate(number=Count("pk"))
        .values("number")
    )
    roots = comments.filter(pk__in=comments.filter(status="approved").values("root"))
    roots.update(approved_replies=Subquery(replies))
    comments.filter(first_shown_at__isnull=False).update(
        announced_at=F("first_shown_at")
    )


class Migration(migrations.Migration):
    dependencies = [("comments", "0004_conversations_of_any_length")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
