"""Bearer tokens of the check-in API: 256 random bits, of one namespace only, stored as their hash."""

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass

from sqlalchemy import bindparam, delete, insert, select

from ...engine import clock, passwords
from ...engine.session import Statement
from ...errors import InvalidToken, Unauthenticated, WrongCredentials
from ...resources.checkin.users import tokens
from ...resources.course.users import User

_by_email = Statement(select(User.id, User.password_hash).where(User.email_key == bindparam("email")))
_add = Statement(
    insert(tokens)
    .values({name: bindparam(name) for name in ("secret_hash", "user_id", "device_name", "created_seconds")})
    .returning(tokens.c.id)
)
_find = Statement(
    select(tokens.c.secret_hash, tokens.c.created_seconds, User.id, User.checkin_role)
    .join_from(tokens, User, User.id == tokens.c.user_id)
    .where(tokens.c.id == bindparam("id"))
)
_end = Statement(delete(tokens).where(tokens.c.id == bindparam("id")))

# verified where no user has the e-mail address, so that the time of the answer does not tell which exist
_NOBODY = passwords.hashed(secrets.token_urlsafe())


@dataclass(frozen=True)
class Caller:
    """The user whose token came: `role` is student, docent or admin."""

    id: str
    role: str
    token_id: int


def credentials_of(session, email):
    """(user's id, stored hash) for an e-mail address; (None, a hash that no password has) where there is none."""
    return session.row(_by_email, email=email.casefold()) or (None, _NOBODY)


def check_credentials(user, stored, password):
    """17 ms of CPU; outside of any transaction. Raises WrongCredentials (401)."""
    if not passwords.verify(stored, password) or user is None:
        raise WrongCredentials("The e-mail address or the password is wrong.")


def make_token(session, user, device_name):
    """A new token's text, `<id>|<secret>`; only its hash is stored."""
    secret = secrets.token_urlsafe(32)
    created = int(clock.now().timestamp())
    id_ = session.scalar(
        _add, secret_hash=_hashed(secret), user_id=user, device_name=device_name, created_seconds=created
    )
    return f"{id_}|{secret}"


def bearer_token(header):
    """The text of the token in the header Authorization. Raises Unauthenticated (401)."""
    scheme, _, token = (header or "").strip().partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Unauthenticated(
            "This call needs a token: POST email, password and device_name to …/v1/sanctum/token, then send the header "
            "Authorization: Bearer <token>.",
            headers={"WWW-Authenticate": "Bearer"},
        )
    return token.strip()


def find_caller(session, token, ttl_seconds):
    """The Caller that a token stands for in this namespace. 1 SELECT. Raises InvalidToken (403)."""
    id_, _, secret = token.partition("|")
    row = session.row(_find, id=int(id_)) if re.fullmatch("[0-9]{1,15}", id_, re.ASCII) else None
    if row is None or not hmac.compare_digest(row[0], _hashed(secret)):
        raise InvalidToken(
            "The token is not valid here: it is malformed, was ended by logout or reset-db, or belongs to another "
            "namespace. Ask for a new one at …/v1/sanctum/token."
        )
    if ttl_seconds and clock.now().timestamp() - row[1] >= ttl_seconds:
        raise InvalidToken(f"The token is older than {ttl_seconds} seconds; ask for a new one at …/v1/sanctum/token.")
    return Caller(row[2], row[3], int(id_))


def end_token(session, caller):
    session.run(_end, id=caller.token_id)


def _hashed(secret):
    return hashlib.sha256(secret.encode()).hexdigest()
