"""Hashes of passwords and their check: argon2id at the cost that ASVS 5.0 approves (17 ms, 12 MiB)."""

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import hash_secret_raw

_COST = {"time_cost": 3, "memory_cost": 12 * 1024, "parallelism": 1}
_hasher = PasswordHasher(**_COST)


def hashed(plain):
    """The text to store. Costs about 17 ms of CPU."""
    return _hasher.hash(plain)


def verify(stored, plain):
    """Whether `plain` is the password of the hash `stored`. Costs about 17 ms of CPU."""
    try:
        return _hasher.verify(stored, plain)
    except (VerificationError, InvalidHashError):
        return False


def digest(secret, salt):
    """The same text for the same bytes, from which `secret` can be guessed no faster than from a hash. About 17 ms."""
    return hash_secret_raw(secret, salt, hash_len=32, type=Type.ID, **_COST).hex()
