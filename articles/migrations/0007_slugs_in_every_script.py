from django.db import migrations

from articles.core.slugs import UnicodeSlugField, says_something


def slug_of(model, **options):
    return migrations.AlterField(model, "slug", UnicodeSlugField(unique=True, **options))


class Migration(migrations.Migration):
    """Slugs may have letters of every script. The columns hold them already."""

    dependencies = [("articles", "0006_an_article_is_once_in_a_batch")]

    operations = [
        # Else SQLite would copy every table, for columns that stay as they are.
        migrations.SeparateDatabaseAndState(
            state_operations=[
                slug_of("address", max_length=120),
                slug_of(
                    "article",
                    max_length=120,
                    blank=True,
                    validators=[says_something],
                    help_text="The last part of the article’s address. Made from the title when left empty.",
                ),
                slug_of(
                    "person",
                    max_length=120,
                    blank=True,
                    help_text="The last part of the address of this person’s page. Made from the name when left empty.",
                ),
                slug_of("tag", max_length=100),
                slug_of("tagaddress", max_length=100),
            ]
        )
    ]
