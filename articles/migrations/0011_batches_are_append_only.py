from django.db import migrations

from articles.append_only import allow_changes, refuse_changes


class Migration(migrations.Migration):
    dependencies = [("articles", "0010_revisions")]

    operations = [
        migrations.RunPython(
            refuse_changes("articles_articlebatch"),
            allow_changes("articles_articlebatch"),
        )
    ]
