"""
The random value of its own that every row has which a private link opens.

A link that names only the number of its row opens another row when an older copy of the
database is restored: the same numbers are given again. So the link carries this value, too.
"""

import secrets

from django.db.models import CharField, Func

# As hexadecimal digits: 128 bits.
KEY_LENGTH = 32


def random_key():
    return secrets.token_hex(KEY_LENGTH // 2)


class RandomKey(Func):
    """
    `random_key` made by the database.

    For the rows that were there before the column, and for those that the release before
    the column writes while both run.
    """

    arity = 0
    output_field = CharField(max_length=KEY_LENGTH)

    def as_sqlite(self, compiler, connection, **context):
        return f"lower(hex(randomblob({KEY_LENGTH // 2})))", []

    def as_postgresql(self, compiler, connection, **context):
        # A UUID has 122 random bits, so it takes two. Without an extension the server
        # makes no other bytes from a strong source.
        uuids = "uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())"
        return f"left(encode(sha256({uuids}), 'hex'), {KEY_LENGTH})", []
