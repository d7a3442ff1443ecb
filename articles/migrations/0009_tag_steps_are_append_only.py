from django.db import migrations

from articles.core.append_only import allow_changes, refuse_changes


class Migration(migrations.Migration):
    dependencies = [("articles", "0008_tags_and_roles")]

    operations = [
        migrations.RunPython(
            refuse_changes("articles_tagstep"), allow_changes("articles_tagstep")
        )
    ]
