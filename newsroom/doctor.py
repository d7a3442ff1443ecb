"""The checks of the whole database for `doctor`: whether what rows refer to is there."""

from functools import partial

from django.apps import apps
from django.db import models

from articles.core.checks import DoctorCheck, DoctorFinding


def broken_references():
    """Rows that refer to a row that is not there, as only a damaged or edited database has them."""
    for model in apps.get_models(include_auto_created=True):
        if not model._meta.managed or model._meta.proxy:
            continue
        for field in model._meta.local_concrete_fields:
            # Without a constraint a reference may outlive its row, as in the records of who did what.
            if field.remote_field is not None and field.db_constraint:
                yield from _broken(model, field)


def _broken(model, field):
    target = field.related_model._base_manager.filter(
        **{field.target_field.attname: models.OuterRef(field.attname)}
    )
    broken = model._base_manager.filter(
        ~models.Exists(target), **{f"{field.attname}__isnull": False}
    )
    for key, missing in broken.values_list("pk", field.attname).iterator():
        yield DoctorFinding(
            name=f"{model._meta.label} {key}",
            sentence=f"Its {field.verbose_name}, {missing}, is not there.",
            mend=_way_to_mend(model, field, key, missing),
        )


def _way_to_mend(model, field, key, missing):
    """What deleting the missing row would have done, where that loses nothing else; or None."""
    row = model._base_manager.filter(pk=key, **{field.attname: missing})
    if field.null and field.remote_field.on_delete is models.SET_NULL:
        return partial(row.update, **{field.attname: None})
    # A row of a many-to-many relation says nothing once one of its ends is gone.
    if model._meta.auto_created:
        return partial(row._raw_delete, row.db)
    return None


DATABASE_CHECKS = [DoctorCheck("references between rows", broken_references)]
