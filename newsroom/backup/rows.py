"""
The rows of a table as lines of JSON, the same whichever kind of database they come from.

A line is an array of the values of one row, in the order of `fields_of`; rows are in the order of
their keys. Dates and durations are ISO 8601, moments in UTC, bytes base64.
"""

import base64
import json
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time
from decimal import Decimal

from django.db import connection, models
from django.utils.dateparse import parse_duration
from django.utils.duration import duration_iso_string

# The most rows in memory at once, and about the most bytes: fewer rows where they are long.
MOST_ROWS = 2_000
MOST_BYTES = 4 * 1024 * 1024
# Before the length of the rows of a table is known.
FIRST_ROWS = 100

# Nobody stays signed in, and a worker's tasks are begun anew.
LEFT_OUT = {
    "sessions.session",
    "newsroom.staffsession",
    "django_tasks_db.dbtaskresult",
}


def kept_models(apps) -> list[type[models.Model]]:
    """The models that a backup keeps, each after those that it refers to as far as that goes."""
    found = [
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed
        and not model._meta.proxy
        and model._meta.label_lower not in LEFT_OUT
    ]
    ordered: dict = {}

    def add(model, above):
        if model in ordered or model in above or model not in found:
            return
        for field in model._meta.concrete_fields:
            if field.remote_field is not None:
                add(field.remote_field.model, above | {model})
        ordered[model] = True

    for model in found:
        add(model, frozenset())
    return list(ordered)


def fields_of(model) -> list[models.Field]:
    """The fields that a backup keeps: all but those that the database computes."""
    return [field for field in model._meta.concrete_fields if not field.generated]


def lines_of(model, fields) -> Iterator[list[bytes]]:
    """
    Each row of the table as a line, in portions of at most MOST_ROWS.

    The next portion is found by the last key, so that neither side holds the whole result.
    Every kept model has a number for a key.
    """
    key = model._meta.pk.attname
    names = [key, *(field.attname for field in fields)]
    encoders = [
        (at, encode) for at, encode in enumerate(map(_encoder, fields)) if encode
    ]
    rows = model._base_manager.order_by(key).values_list(*names)
    last, number = None, FIRST_ROWS
    while True:
        portion = list((rows if last is None else rows.filter(pk__gt=last))[:number])
        if not portion:
            return
        lines = [_line(row, encoders) for row in portion]
        yield lines
        if len(portion) < number:
            return
        last = portion[-1][0]
        length = sum(map(len, lines)) // len(lines) + 1
        number = max(1, min(MOST_ROWS, MOST_BYTES // length))


def _line(row, encoders):
    values = list(row[1:])
    for at, encode in encoders:
        if values[at] is not None:
            values[at] = encode(values[at])
    # JSON columns may hold half a surrogate pair, which strict UTF-8 has no bytes for.
    return _to_json(values).encode("utf-8", "surrogatepass") + b"\n"


_to_json = json.JSONEncoder(
    ensure_ascii=False, separators=(",", ":"), sort_keys=True
).encode


class RowParser:
    """Makes of a line the values that the database takes. Raises ValueError or TypeError."""

    def __init__(self, fields):
        self._decoders = [_decoder(field) for field in fields]

    def values(self, line: bytes) -> list:
        values = json.loads(line)
        if type(values) is not list:
            raise TypeError("A line must be an array.")
        return [
            decode(value) if decode is not None else value
            for decode, value in zip(self._decoders, values, strict=True)
        ]


def _encoder(field) -> Callable | None:
    """What makes JSON of a value of the field; None where it is JSON already."""
    field = _stored_as(field)
    for kind, encode, _ in _AS_TEXT:
        if isinstance(field, kind):
            return encode
    return None


def _decoder(field) -> Callable | None:
    """The inverse of `_encoder`, for the database; None where it takes JSON's own value."""
    stored = _stored_as(field)
    if isinstance(stored, models.JSONField):
        return _json_decoder(stored)
    reader = next(
        (read for kind, _, read in _AS_TEXT if isinstance(stored, kind)), None
    )
    if reader is None and _is_plain(stored):
        return None
    if connection.vendor == "sqlite" and type(stored) is models.DateTimeField:
        return _moment_for_sqlite

    def decode(value):
        if value is None:
            return None
        value = value if reader is None else reader(value)
        return stored.get_db_prep_value(value, connection)

    return decode


def _json_decoder(field):
    def decode(value):
        # In a column that takes no NULL, None was JSON's null.
        if value is None and field.null:
            return None
        return connection.ops.adapt_json_value(value, field.encoder)

    return decode


def _stored_as(field):
    """The field itself, or that of the key to which a foreign key refers."""
    while field.remote_field is not None:
        field = field.target_field
    return field


def _is_plain(field):
    """Whether the field gives its values to the database as they are."""
    methods = [field.get_prep_value, field.get_db_prep_value]
    return isinstance(field, _PLAIN) and all(
        method.__func__.__module__ == "django.db.models.fields" for method in methods
    )


def _moment(value: datetime) -> str:
    return value.astimezone(UTC).isoformat()


def _moment_for_sqlite(value):
    # What Django's own preparation leads to, in a tenth of its time: every row has some moments.
    if value is None:
        return None
    return str(datetime.fromisoformat(value).astimezone(UTC).replace(tzinfo=None))


def _base64(value) -> str:
    return base64.b64encode(bytes(value)).decode()


_PLAIN = (
    models.CharField,
    models.TextField,
    models.BooleanField,
    models.IntegerField,
    models.FloatField,
)
# DateTimeField is a kind of DateField, so it is first.
_AS_TEXT = [
    (models.DateTimeField, _moment, datetime.fromisoformat),
    (models.DateField, date.isoformat, date.fromisoformat),
    (models.TimeField, time.isoformat, time.fromisoformat),
    (models.DurationField, duration_iso_string, parse_duration),
    (models.DecimalField, str, Decimal),
    (models.UUIDField, str, uuid.UUID),
    (models.BinaryField, _base64, base64.b64decode),
    (models.FileField, str, str),
]
