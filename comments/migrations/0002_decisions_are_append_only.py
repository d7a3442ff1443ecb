from django.db import migrations

from articles.core.append_only import allow_changes, refuse_changes


class Migration(migrations.Migration):
    dependencies = [("comments", "0001_comments")]

    operations = [
        migrations.RunPython(
            refuse_changes("comments_decision"), allow_changes("comments_decision")
        )
    ]
