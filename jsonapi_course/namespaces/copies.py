"""Copies of a namespace inside its own database: what undo brings back, and snapshots.

A copy is a blob: for each table a line with its name and columns, then a line for each row, gzipped. It is written in
the transaction that it belongs to, so kill -9 leaves it whole or not at all, and its bytes count like all others.
Every function takes the Session of an open write transaction.
"""

import base64
import gzip
import io

import orjson
from sqlalchemy import bindparam, delete, insert, select

from ..engine import clock
from ..engine.session import Statement
from ..engine.storage import KEPT, PASSING
from ..engine.storage import copies as copies_table

UNDO = ""  # no snapshot can have this name

_columns = copies_table.c
_find = Statement(select(_columns.content).where(_columns.name == bindparam("name")))
_list = Statement(
    select(_columns.name, _columns.created_at, _columns.counts)
    .where(_columns.name != UNDO)
    .order_by(_columns.created_at, _columns.name)
)
_insert = Statement(insert(copies_table).values({column.name: bindparam(column.name) for column in _columns}))
_delete = Statement(delete(copies_table).where(_columns.name == bindparam("name")))
_delete_snapshots = Statement(delete(copies_table).where(_columns.name != UNDO))


def all_snapshots(session):
    """[{"name", "created-at", "counts"}], the oldest first."""
    return [
        {"name": name, "created-at": created_at, "counts": orjson.loads(counts)}
        for name, created_at, counts in session.rows(_list)
    ]


def take(session, tables, name, counts):
    """Keeps the state under a name that is free, and returns when; with PASSING tables only for UNDO."""
    created_at = clock.stamp()
    session.run(
        _insert,
        name=name,
        created_at=created_at,
        counts=orjson.dumps(counts).decode(),
        content=packed(session, copied_tables(tables, name)),
    )
    return created_at


def drop(session, name):
    """Whether there was such a copy."""
    return session.run(_delete, name=name) > 0


def drop_snapshots(session):
    session.run(_delete_snapshots)


def content_of(session, name):
    """The blob of a copy, or None."""
    return session.scalar(_find, name=name)


def copied_tables(tables, name):
    """The tables whose rows are in a copy of this name."""
    left_out = (KEPT,) if name == UNDO else (KEPT, PASSING)
    return [table for table in tables if table.info not in left_out]


def pour(session, tables, content):
    """Writes the rows of a copy into emptied tables. What it has of tables or columns that are no more is left out."""
    known = {table.name: table for table in tables}
    statement, picked = None, []
    with gzip.open(io.BytesIO(content)) as lines:
        for line in lines:
            value = orjson.loads(line)
            if isinstance(value, dict):
                statement, picked = _insert_into(known.get(value["table"]), value["columns"])
            elif statement:
                row = [value[index] for index in picked]
                session.connection.execute(statement, [_restored(item) for item in row])


def _insert_into(table, columns):
    """(INSERT, positions of its values in a row of the copy), (None, []) for a table that is no more."""
    stored = {column.name for column in _stored(table)} if table is not None else set()
    picked = [index for index, name in enumerate(columns) if name in stored]
    if not picked:
        return None, []
    names = ", ".join(f'"{columns[index]}"' for index in picked)
    return f'INSERT INTO "{table.name}" ({names}) VALUES ({", ".join("?" * len(picked))})', picked


def _stored(table):
    return [column for column in table.columns if column.computed is None]


def packed(session, tables):
    """The rows of the tables as the blob that pour() takes."""
    packed = io.BytesIO()
    # 1: a namespace is small or its texts are alike; a reset should not wait for the last percent
    with gzip.GzipFile(fileobj=packed, mode="wb", compresslevel=1, mtime=0) as file:
        for table in tables:
            columns = [column.name for column in _stored(table)]
            file.write(orjson.dumps({"table": table.name, "columns": columns}) + b"\n")
            names = ", ".join(f'"{name}"' for name in columns)
            for row in session.connection.execute(f'SELECT {names} FROM "{table.name}" ORDER BY 1'):
                file.write(orjson.dumps(row, default=_bytes) + b"\n")
    return packed.getvalue()


def _bytes(value):
    return {"base64": base64.b64encode(value).decode()}


def _restored(value):
    return base64.b64decode(value["base64"]) if isinstance(value, dict) else value
