from django.db import migrations

from articles.core.append_only import allow_changes, refuse_changes

TABLES = ["articles_step", "articles_correction", "articles_tagstep", "articles_articlebatch"]


class Migration(migrations.Migration):
    dependencies = [("articles", "0001_initial")]

    operations = [
        migrations.RunPython(refuse_changes(table), allow_changes(table))
        for table in TABLES
    ]
