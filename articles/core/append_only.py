"""
Append-only records, which are written once.

Changes are refused here in Python, and on PostgreSQL by a trigger as well.

django-pgtrigger was tried and not taken: it does nothing on SQLite, so the checks in Python
would stay; it needs an app, an entry in Meta and a migration for each table, to replace two
functions of ten lines; its release 4.17.0 names no support for Django 6.1.
"""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class AppendOnlyError(TypeError):
    """Raised when an append-only record would be changed or deleted."""


class AppendOnlyQuerySet(models.QuerySet):
    def update(self, **changes):
        raise AppendOnlyError(f"{self.model._meta.verbose_name} records cannot change.")

    def bulk_update(self, *args, **kwargs):
        self.update()

    def delete(self):
        raise AppendOnlyError(
            f"{self.model._meta.verbose_name} records cannot be deleted."
        )

    delete.alters_data = True  # type: ignore[attr-defined]
    delete.queryset_only = True  # type: ignore[attr-defined]


class AppendOnly(models.Model):
    """An abstract append-only record: who did something and when. `save` only inserts."""

    # Accounts can be deleted: without a database constraint or an on_delete action the
    # record stays as it was written, and `by_name` keeps the name. None is the machine.
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="+",
        verbose_name=_("account"),
    )
    by_name = models.CharField(_("by"), max_length=200, blank=True)
    at = models.DateTimeField(_("time"), default=timezone.now, db_index=True)

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["-at", "-id"]

    def save(self, *args, **kwargs):
        if not self._state.adding:
            type(self).objects.update()
        kwargs["force_insert"] = True
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        type(self).objects.all().delete()


def name_of(user):
    """The full name or user name of an account, as records keep it; empty for None, the machine."""
    return "" if user is None else user.get_full_name() or user.get_username()


def refuse_changes(table):
    """A function for RunPython that puts the trigger on a table; `allow_changes` removes it."""

    def run(apps, schema_editor):
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(
                "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger AS $$ "
                "BEGIN RAISE EXCEPTION '% records are append-only', TG_TABLE_NAME; END "
                "$$ LANGUAGE plpgsql",
                params=None,  # so that the % above is PostgreSQL's own
            )
            schema_editor.execute(
                f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table} "
                "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
            )

    return run


def allow_changes(table):
    def run(apps, schema_editor):
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(f"DROP TRIGGER append_only ON {table}")

    return run
