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
)

SERVICE_TABLES = [id_counters, idempotency_keys]
