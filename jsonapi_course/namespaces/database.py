"""What models are written with: Flask-SQLAlchemy's db, the columns that every row has, keys to other tables."""

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Column, ForeignKey, Table
from sqlalchemy.orm import Mapped, mapped_column

from ..engine.storage import metadata

# Models only: which database a statement runs on is the namespace's affair, so db is never bound to an app.
db = SQLAlchemy(metadata=metadata, disable_autonaming=True)


class Row:
    """`id` is what a client sees; `seq` is the order of creation."""

    seq: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(unique=True)


class Stamped(Row):
    """A Row that knows when it was made and last changed, as the check-in API shows it."""

    created_at: Mapped[str]
    updated_at: Mapped[str]


def to_one(table, on_delete, required=True):
    """The column of a to-one relationship; `on_delete` is SQL's: CASCADE, SET NULL or RESTRICT."""
    return mapped_column(ForeignKey(f"{table}.id", ondelete=on_delete), nullable=not required)


def pairs(name, left, right):
    """The table of a many-to-many relationship: column `<left>_id` and column `<right>_id`."""
    return Table(
        name,
        metadata,
        Column(f"{left}_id", ForeignKey(f"{left}.id", ondelete="CASCADE"), primary_key=True),
        Column(f"{right}_id", ForeignKey(f"{right}.id", ondelete="CASCADE"), primary_key=True, index=True),
        sqlite_with_rowid=False,
    )
