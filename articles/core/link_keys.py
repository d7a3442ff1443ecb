"""
Random keys for rows that private links open.

A restored backup gives the same primary keys again, so a link with only the primary key
could open another row. Such links therefore carry the random key of the row as well.
"""

import secrets

from django.db.models import BooleanField, CharField, Func, Model

# In hexadecimal digits: 128 bits.
KEY_LENGTH = 32


def random_key():
    return secrets.token_hex(KEY_LENGTH // 2)


class RandomKey(Func):
    """
    `random_key` as a database default.

    For rows older than the column, and for rows that the previous release writes while
    both releases run.
    """

    arity = 0
    output_field = CharField(max_length=KEY_LENGTH)

    def as_sqlite(self, compiler, connection, **context):
        return f"lower(hex(randomblob({KEY_LENGTH // 2})))", []

    def as_postgresql(self, compiler, connection, **context):
        # A UUID has 122 random bits, so two are needed. Without an extension, PostgreSQL
        # has no other strong source of random bytes.
        uuids = "uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())"
        return f"left(encode(sha256({uuids}), 'hex'), {KEY_LENGTH})", []


class LinkedRow(Model):
    """A row with a key that is part of every private link to it."""

    link_key = CharField(
        max_length=KEY_LENGTH,
        default=random_key,
        db_default=RandomKey(),
        editable=False,
    )
    # Whether links without the key work too: they were sent before keys existed.
    takes_old_links = BooleanField(default=False, db_default=True, editable=False)

    class Meta:
        abstract = True
