import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    """Articles name the original that they translate, and the revision with the text for it."""

    dependencies = [("articles", "0009_one_row_for_each_name")]

    operations = [
        migrations.AddField(
            "article",
            "translation_of",
            models.ForeignKey(
                "articles.Article",
                null=True,
                blank=True,
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="translations",
                verbose_name="translation of",
            ),
        ),
        migrations.AddField(
            "article",
            "translated_from",
            models.ForeignKey(
                "articles.Revision",
                null=True,
                blank=True,
                editable=False,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                verbose_name="translated from",
            ),
        ),
        migrations.AddConstraint(
            "article",
            models.UniqueConstraint(
                name="one_translation_into_each_language",
                fields=["translation_of", "language"],
                condition=Q(translation_of__isnull=False),
            ),
        ),
    ]
