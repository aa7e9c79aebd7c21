"""Hashes of passwords and their check: argon2id at the cost that ASVS 5.0 approves (17 ms, 12 MiB), one at a time.

A class that logs in at once must not stop everybody else: a process makes one hash at a time, and lets few others wait
for that. (At a niceness of 10 the others were no faster, and a login beside a loop took four times as long.) A password
that was verified is remembered for a while, as its HMAC under a random key of the process and together with the hash
that it fits: the next login costs microseconds, and a changed password is another hash. A wrong one costs a hash each
time, so its answer tells nobody who logged in, nor is guessing faster.
"""

import hmac
import os
import secrets
import threading
import time
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import hash_secret_raw

from ..errors import ServiceBusy

_COST = {"time_cost": 3, "memory_cost": 12 * 1024, "parallelism": 1}
_hasher = PasswordHasher(**_COST)
WAITING = 6  # threads of a process that may wait for a hash, the one that is made included


def hashed(plain):
    """The text to store. Costs about 17 ms of CPU. Raises ServiceBusy."""
    stored = _gate.run(_hasher.hash, plain)
    _verified.keep(stored, plain)
    return stored


def verify(stored, plain):
    """Whether `plain` is the password of the hash `stored`. Costs about 17 ms of CPU, or 5 µs. Raises ServiceBusy."""
    if _verified.has(stored, plain):
        return True
    try:
        _gate.run(_hasher.verify, stored, plain)
    except (VerificationError, InvalidHashError):
        return False
    _verified.keep(stored, plain)
    return True


def digest(secret, salt):
    """The same text for the same bytes, from which `secret` can be guessed no faster than from a hash. About 17 ms."""
    return _gate.run(hash_secret_raw, secret, salt, hash_len=32, type=Type.ID, **_COST).hex()


class Gate:
    """Runs functions one after the other. Raises ServiceBusy for those that would wait behind too many."""

    def __init__(self, waiting):
        self._places = threading.BoundedSemaphore(waiting)
        self._lock = threading.Lock()
        self._pool = None

    def run(self, function, *args, **kwargs):
        with self._place():
            return self._executor().submit(function, *args, **kwargs).result()

    @contextmanager
    def _place(self):
        if not self._places.acquire(blocking=False):
            raise ServiceBusy(
                "Many passwords are being checked at this moment; send the request again in a second.",
                headers={"Retry-After": "1"},
            )
        try:
            yield
        finally:
            self._places.release()

    def _executor(self):
        with self._lock:
            if self._pool is None or self._pool[0] != os.getpid():  # a fork has no threads of its parent
                self._pool = (os.getpid(), ThreadPoolExecutor(1, "passwords"))
            return self._pool[1]


class Verified:
    """The last passwords that were right, without themselves."""

    def __init__(self, entries=10_000, seconds=600):
        self.entries = entries
        self.seconds = seconds
        self._key = secrets.token_bytes(32)
        self._marks = OrderedDict()  # stored hash → (HMAC, until when)
        self._lock = threading.Lock()

    def has(self, stored, plain):
        with self._lock:
            mark, until = self._marks.get(stored, (b"", 0))
        return time.monotonic() <= until and hmac.compare_digest(mark, self._mark(stored, plain))

    def keep(self, stored, plain):
        with self._lock:
            self._marks[stored] = (self._mark(stored, plain), time.monotonic() + self.seconds)
            self._marks.move_to_end(stored)
            if len(self._marks) > self.entries:
                self._marks.popitem(last=False)

    def _mark(self, stored, plain):
        return hmac.digest(self._key, f"{stored}\0{plain}".encode("utf-8", "surrogatepass"), "sha256")


_gate = Gate(WAITING)
_verified = Verified()
