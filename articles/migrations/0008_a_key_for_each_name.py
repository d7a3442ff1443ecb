import django.db.models.deletion
from django.db import migrations, models

from articles.core.name_fields import NameField, NameKeyField
from articles.core.slugs import UnicodeSlugField


class Migration(migrations.Migration):
    """
    Names have a key that is equal for two names that readers take for one.

    The key may be NULL, so that the release before, which does not know it, can write.
    """

    dependencies = [("articles", "0007_slugs_in_every_script")]

    operations = [
        migrations.AddField("person", "key", NameKeyField(db_index=True)),
        migrations.AddField("tag", "key", NameKeyField(unique=True)),
        migrations.AddField("tagaddress", "key", NameKeyField(db_index=True)),
        # The columns stay as they are.
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField("person", "name", NameField(max_length=120)),
                migrations.AlterField(
                    "tag", "name", NameField(max_length=100, unique=True)
                ),
                migrations.AlterField("tagaddress", "name", NameField(max_length=100)),
            ]
        ),
        migrations.CreateModel(
            "PersonAddress",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                ("slug", UnicodeSlugField(max_length=120, unique=True)),
                ("went", models.BigIntegerField(db_index=True, null=True)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="addresses",
                        to="articles.person",
                    ),
                ),
            ],
            options={
                "default_permissions": [],
                "verbose_name_plural": "addresses of people",
            },
        ),
    ]
