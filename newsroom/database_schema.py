"""
The schema of a database in lines of text that can be compared.

Two databases with the same lines accept the same data, whichever migrations made them:
the order of columns does not matter, names of tables, columns, constraints and indexes do.
"""

import re

# The tables of our apps. Those of other packages are theirs to keep in order.
OURS = ("articles_", "comments_", "newsroom_")


def describe(connection) -> list[str]:
    """One line for each column, constraint, index and trigger of our tables, sorted."""
    read = {"sqlite": _sqlite, "postgresql": _postgresql}[connection.vendor]
    with connection.cursor() as cursor:
        return sorted(set(read(cursor)))


def _sqlite(cursor):
    cursor.execute(
        "SELECT type, tbl_name, sql FROM sqlite_master WHERE sql IS NOT NULL"
    )
    for kind, table, sql in cursor.fetchall():
        if not table.startswith(OURS):
            continue
        if kind == "table":
            body = sql[sql.index("(") + 1 : sql.rindex(")")]
            for part in _top_level_parts(body):
                yield f"{table}: {part}"
        else:
            yield f"{table}: {_in_one_line(sql)}"


def _top_level_parts(body):
    """The definitions inside a CREATE TABLE, split at the commas that are in no bracket and no string."""
    depth, part, quote = 0, "", None
    for character in body:
        if quote:
            quote = None if character == quote else quote
        elif character in "'\"":
            quote = character
        elif character in "()":
            depth += 1 if character == "(" else -1
        elif character == "," and depth == 0:
            yield _in_one_line(part)
            part = ""
            continue
        part += character
    yield _in_one_line(part)


def _in_one_line(sql):
    return re.sub(r"\s+", " ", sql).strip()


_COLUMNS = """
    SELECT c.table_name, c.column_name, c.data_type, c.character_maximum_length,
           c.is_nullable, c.column_default, c.is_identity, c.generation_expression
    FROM information_schema.columns c
    JOIN information_schema.tables t USING (table_schema, table_name)
    WHERE c.table_schema = current_schema() AND t.table_type = 'BASE TABLE'
"""
_CONSTRAINTS = """
    SELECT c.conrelid::regclass::text, c.conname, pg_get_constraintdef(c.oid)
    FROM pg_constraint c
    WHERE c.connamespace = current_schema()::regnamespace AND c.conrelid <> 0
      AND c.contype <> 'n'  -- said of the column already
"""
_INDEXES = "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = current_schema()"
_TRIGGERS = """
    SELECT t.tgrelid::regclass::text, t.tgname, pg_get_triggerdef(t.oid)
    FROM pg_trigger t JOIN pg_class r ON r.oid = t.tgrelid
    WHERE NOT t.tgisinternal AND r.relnamespace = current_schema()::regnamespace
"""


def _postgresql(cursor):
    for query in [_COLUMNS, _CONSTRAINTS, _INDEXES, _TRIGGERS]:
        cursor.execute(query)
        for table, *rest in cursor.fetchall():
            if table.startswith(OURS):
                words = " ".join("-" if each is None else str(each) for each in rest)
                yield f"{table}: {_in_one_line(words)}"
