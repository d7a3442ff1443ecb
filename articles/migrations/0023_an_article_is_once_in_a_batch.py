from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("articles", "0018_scheduled_changes_tell_readers")]

    operations = [
        migrations.AddConstraint(
            model_name="batchedarticle",
            constraint=models.UniqueConstraint(
                fields=("batch", "article"), name="an_article_is_once_in_a_batch"
            ),
        ),
    ]
