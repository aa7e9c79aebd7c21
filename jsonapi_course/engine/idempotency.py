"""Answers kept for an Idempotency-Key, in the same transaction as the write that they answer."""

import hashlib

import orjson
from sqlalchemy import bindparam, delete, insert, or_, select

from ..errors import IdempotencyConflict
from . import clock, passwords
from .session import Statement
from .storage import idempotency_keys as table

KEPT_SECONDS = 24 * 3600

_find = Statement(
    select(table.c.fingerprint, table.c.status, table.c.headers, table.c.body).where(
        table.c.key == bindparam("key"), table.c.created_seconds > bindparam("since")
    )
)
# the key itself, too: undo-reset may just have brought it back
_forget = Statement(
    delete(table).where(or_(table.c.created_seconds <= bindparam("since"), table.c.key == bindparam("key")))
)
_insert = Statement(insert(table).values({column.name: bindparam(column.name) for column in table.c}))


def fingerprint(key, *parts, secret):
    """What must be the same for an answer to be given again: the request's method, URL and body (bytes).

    Where they hold a `secret`, guessing it from what is stored costs as much as from the password's own hash.
    """
    whole, salt = b"\0".join(parts), hashlib.sha256(key.encode()).digest()
    return passwords.digest(whole, salt) if secret else hashlib.sha256(salt + whole).hexdigest()


def _now():
    return clock.now().timestamp()


def stored_answer(session, key, print_):
    """(status, body, headers) kept under the key, or None. Raises IdempotencyConflict for another request's key."""
    row = session.row(_find, key=key, since=_now() - KEPT_SECONDS)
    if row is None:
        return None
    if row[0] != print_:
        raise IdempotencyConflict(
            f"The Idempotency-Key '{key[:60]}' was used for another request in the last 24 hours: take a new key for "
            "every new request, crypto.randomUUID() makes one.",
            header="Idempotency-Key",
        )
    return row[1], row[3], [tuple(header) for header in orjson.loads(row[2])]


def keep_answer(session, key, print_, status, body, headers):
    """Keeps an answer for a day and forgets those that are older."""
    now = _now()
    session.run(_forget, since=now - KEPT_SECONDS, key=key)
    session.run(
        _insert,
        key=key,
        fingerprint=print_,
        status=status,
        headers=orjson.dumps(headers).decode(),
        body=body,
        created_seconds=now,
    )
