from django.db import migrations

from articles.core.append_only import allow_changes, refuse_changes


class Migration(migrations.Migration):
    dependencies = [("articles", "0004_corrections")]

    operations = [
        migrations.RunPython(
            refuse_changes("articles_correction"), allow_changes("articles_correction")
        )
    ]
