from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("comments", "0002_decisions_are_append_only")]

    operations = [
        migrations.CreateModel(
            name="WaitingMail",
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
                ("sent_at", models.DateTimeField(null=True)),
                ("newest_told", models.BigIntegerField(default=0)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("id", 1)), name="there_is_one_waiting_mail"
                    )
                ],
            },
        ),
    ]
