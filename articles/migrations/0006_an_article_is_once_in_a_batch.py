from django.db import migrations, models


def keep_the_first(apps, schema_editor):
    """Of an article that a list had named twice, keep how it was before the first of the two."""
    items = apps.get_model("articles", "BatchedArticle").objects.using(
        schema_editor.connection.alias
    )
    twice = (
        items.order_by()
        .values("batch", "article")
        .annotate(number=models.Count("id"), first=models.Min("id"))
        .filter(number__gt=1)
    )
    for one in list(twice):
        again = items.filter(batch=one["batch"], article=one["article"])
        again.exclude(pk=one["first"]).delete()


class Migration(migrations.Migration):

    dependencies = [("articles", "0005_fill_secrets_of_images")]

    operations = [
        migrations.RunPython(keep_the_first, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="batchedarticle",
            constraint=models.UniqueConstraint(
                fields=("batch", "article"), name="an_article_is_once_in_a_batch"
            ),
        ),
    ]
