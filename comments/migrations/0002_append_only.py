from django.db import migrations

from articles.core.append_only import allow_changes, refuse_changes

TABLES = ["comments_decision", "comments_batch", "comments_threadstep"]


class Migration(migrations.Migration):
    dependencies = [("comments", "0001_initial")]

    operations = [
        migrations.RunPython(refuse_changes(table), allow_changes(table))
        for table in TABLES
    ]
