"""A transaction on one database: Core statements, compiled once per process, run on the DBAPI's cursor.

SQLAlchemy's own Connection costs 50 µs a statement in cache keys and result objects; a statement that
was compiled to text once costs what the driver costs (13 µs for a row).
"""

from functools import lru_cache

import orjson
from sqlalchemy import Insert, bindparam, func, select


class Statement:
    """A Core statement whose text is kept. Make it once, at module level or in a cached function."""

    def __init__(self, core):
        self.core = core
        self.adds_to = core.table.name if isinstance(core, Insert) else None
        self._compiled = {}

    def compiled(self, dialect):
        """(text, names of the parameters in order, values that the statement itself brought)."""
        entry = self._compiled.get(dialect.name)
        if entry is None:
            compiled = self.core.compile(dialect=dialect)
            entry = (str(compiled), tuple(compiled.positiontup or ()), dict(compiled.params))
            self._compiled[dialect.name] = entry
        return entry


class Session:
    """One open transaction. Parameters are given by name; lists of ids as `ids(…)`.

    `pending` are the (type, id) of resources that the same transaction makes later (atomic operations).
    `added_to` are the tables that it added rows to.
    """

    def __init__(self, connection, dialect):
        self.connection = connection
        self.dialect = dialect
        self.pending = set()
        self.added_to = set()

    def _execute(self, statement, values):
        if statement.adds_to is not None:
            self.added_to.add(statement.adds_to)
        text, names, constants = statement.compiled(self.dialect)
        return self.connection.execute(text, [values[name] if name in values else constants[name] for name in names])

    def rows(self, statement, **values):
        """All rows, as a list of tuples."""
        return self._execute(statement, values).fetchall()

    def row(self, statement, **values):
        """The first row as a tuple, or None."""
        return self._execute(statement, values).fetchone()

    def scalar(self, statement, **values):
        row = self._execute(statement, values).fetchone()
        return row[0] if row else None

    def run(self, statement, **values):
        """The number of rows that an INSERT, UPDATE or DELETE touched."""
        return self._execute(statement, values).rowcount


def ids(values):
    """A list of ids as the value of an id_list() parameter."""
    return orjson.dumps(list(values)).decode()


@lru_cache
def id_list(name):
    """For `column.in_(id_list("owners"))`: any number of ids in one parameter, so that the text stays the same."""
    return select(func.json_each(bindparam(name)).table_valued("value").c.value)
