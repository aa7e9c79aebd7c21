"""The metadata of all tables, and the tables that belong to no type."""

from sqlalchemy import Column, Float, Integer, LargeBinary, MetaData, String, Table

metadata = MetaData()

# The last id that the service gave, per type: ids are never used again until the namespace is reset.
id_counters = Table(
    "id_counters",
    metadata,
    Column("type", String, primary_key=True),
    Column("last", Integer, nullable=False),
)

# What `info` says of a table, for copies of a namespace: PASSING is only in the one for undo, KEPT in none, and a reset
# leaves it alone.
PASSING = {"copied": "for undo"}
KEPT = {"copied": "never"}

# Answers to writes with an Idempotency-Key, kept for a day.
idempotency_keys = Table(
    "idempotency_keys",
    metadata,
    Column("key", String, primary_key=True),
    Column("fingerprint", String, nullable=False),
    Column("status", Integer, nullable=False),
    Column("headers", String, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("created_seconds", Float, nullable=False, index=True),
    info=PASSING,
)

# Earlier states of the namespace (namespaces/copies.py): its snapshots, and under the empty name what undo brings back.
copies = Table(
    "copies",
    metadata,
    Column("name", String, primary_key=True),
    Column("created_at", String, nullable=False),
    Column("counts", String, nullable=False),
    Column("content", LargeBinary, nullable=False),
    info=KEPT,
)

SERVICE_TABLES = [id_counters, idempotency_keys, copies]
