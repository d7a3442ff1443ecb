from django.db import migrations, models

import articles.content.fields


class Migration(migrations.Migration):
    dependencies = [("articles", "0005_corrections_are_append_only")]

    operations = [
        migrations.AddField(
            model_name="person",
            name="skeleton",
            field=articles.content.fields.SkeletonField(
                default="", editable=False, max_length=250
            ),
        ),
        migrations.AddIndex(
            model_name="person",
            index=models.Index(fields=["skeleton"], name="people_by_skeleton"),
        ),
    ]
