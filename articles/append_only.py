"""Records that are written once: refused here in Python, and by a trigger on PostgreSQL."""

from django.db import models


class AppendOnlyError(TypeError):
    """A record of what was done can neither be changed nor deleted."""


class AppendOnlyQuerySet(models.QuerySet):
    def update(self, **changes):
        raise AppendOnlyError(f"{self.model._meta.verbose_name} records cannot change.")

    def bulk_update(self, *args, **kwargs):
        self.update()

    def delete(self):
        raise AppendOnlyError(
            f"{self.model._meta.verbose_name} records cannot be deleted."
        )

    delete.alters_data = True
    delete.queryset_only = True


class AppendOnly(models.Model):
    """A row that `save` writes once, and nothing writes again."""

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args, **kwargs):
        if not self._state.adding:
            type(self).objects.update()
        kwargs["force_insert"] = True
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        type(self).objects.all().delete()


def refuse_changes(table):
    """What a migration runs to put the trigger on a table; `allow_changes` takes it off."""

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
