"""What brings a database of an earlier version to the current one, in one transaction.

Two things happen. The numbered STEPS between the two versions run, for what only a statement can say. Then the
tables, indexes and columns that the models have and the database has not are added: a new type needs no step; indexes
that the models have no more are dropped.
A column that is added is nullable or has a server default, so that copies made before can still be restored.
"""

from sqlalchemy.dialects import sqlite
from sqlalchemy.schema import CreateColumn, CreateIndex, CreateTable

DIALECT = sqlite.dialect()

# {version: statements that lead to it from the one before}. A step is never changed once it was released.
STEPS = {
    2: [
        # snapshots and undo
        "CREATE TABLE copies (name VARCHAR NOT NULL, created_at VARCHAR NOT NULL, counts VARCHAR NOT NULL, "
        "content BLOB NOT NULL, PRIMARY KEY (name))",
    ],
}
SCHEMA_VERSION = max(STEPS)


def ddl_of(tables):
    """{name: statement} that makes the tables and their indexes."""
    statements = {table.name: _text(CreateTable(table)) for table in tables}
    for table in tables:
        for index in sorted(table.indexes, key=str):
            statements[index.name] = _text(CreateIndex(index))
    return statements


def upgrade(connection, tables, shape):
    """Brings the database to SCHEMA_VERSION and to these tables, whole or not at all. `shape` is their number."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        for number, statements in sorted(STEPS.items()):
            if number > version:
                for statement in statements:
                    connection.execute(statement)
        _match(connection, tables)
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        connection.execute(f"PRAGMA application_id = {shape}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def missing_from(connection, tables):
    """(names of tables and indexes, columns) that the models have and the database has not."""
    present = {name for (name,) in connection.execute("SELECT name FROM sqlite_schema")}
    columns = set(
        connection.execute(
            "SELECT found.name, own.name FROM sqlite_schema AS found JOIN pragma_table_xinfo(found.name) AS own"
        )
    )
    return (
        [name for name in ddl_of(tables) if name not in present],
        [
            column
            for table in tables
            if table.name in present
            for column in table.columns
            if (table.name, column.name) not in columns
        ],
    )


def _match(connection, tables):
    names, columns = missing_from(connection, tables)
    declared = ddl_of(tables)
    for column in columns:
        connection.execute(f'ALTER TABLE "{column.table.name}" ADD COLUMN {_column(column)}')
    for name in names:
        connection.execute(declared[name])
    for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'index' AND sql > ''").fetchall():
        if name not in declared:
            connection.execute(f'DROP INDEX "{name}"')


def _column(column):
    references = [
        f' REFERENCES "{key.column.table.name}" ("{key.column.name}")'
        + (f" ON DELETE {key.ondelete}" * bool(key.ondelete))
        for key in column.foreign_keys
    ]
    return _text(CreateColumn(column)) + "".join(references)


def _text(element):
    return str(element.compile(dialect=DIALECT))
