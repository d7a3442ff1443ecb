from django.db import migrations

from articles.core.append_only import allow_changes, refuse_changes


class Migration(migrations.Migration):
    dependencies = [("articles", "0001_articles")]

    operations = [
        migrations.RunPython(
            refuse_changes("articles_step"), allow_changes("articles_step")
        )
    ]
