"""Requests per second of a namespace, counted across threads and workers in one small file that all have mapped.

A bucket of `burst` requests that fills with `per_second`, kept as one number: the time at which it is full again.
A full bucket need not be remembered, so the table has a fixed size and forgets by itself. Only a request that is let
through writes, under a lock of its part of the file; so what a loop costs is one look (1 µs). While most of a bucket is
left a worker takes several at once, as each lock is two system calls, after which a thread waits for its turn again.
"""

import fcntl
import hashlib
import logging
import mmap
import struct
import threading
import time
from contextlib import nullcontext
from functools import lru_cache, partial

from ..namespaces.files import mapped

log = logging.getLogger(__name__)

GROUPS = 2048
SLOTS = 8  # of a group: namespaces whose buckets are not full; the fullest is forgotten where there are more
AT_ONCE = 16  # requests that a worker takes at most of a bucket, to let through without a look at the file
KEPT = 4096  # namespaces of which a worker holds such requests
_GROUP = struct.Struct("=" + "Qd" * SLOTS)  # key, time at which the bucket is full
_SLOT = struct.Struct("=Qd")


class Rates:
    def __init__(self, folder, per_second, burst, name="rates"):
        """Raises nothing: where the file cannot be, this process counts for itself, and the log says so."""
        self.interval = 1 / per_second
        self.capacity = burst * self.interval
        self.at_once = max(1, min(AT_ONCE, burst // 16))
        self._held = {}  # key of a namespace → how many requests it may have that were taken already
        descriptor, self._table = _mapped(folder, name)
        self._lock_of = partial(_Lock, descriptor) if descriptor is not None else nullcontext
        self._locks = [threading.Lock() for _ in range(64)]  # a lock of the file does not part the threads of a process

    def take(self, namespace):
        """0 where a request may go on, else the seconds until one may."""
        group, key = _place(namespace)
        with self._locks[group % len(self._locks)]:
            held = self._held.pop(key, 0)
            if not held:
                wait = self._take_of_file(group, key, time.monotonic())
                if wait:
                    return wait
            elif held > 1:
                self._held[key] = held - 1
        return 0

    def _take_of_file(self, group, key, now):
        start = group * _GROUP.size
        seen = self._table[start : start + _GROUP.size]
        slot, full_at, wait = self._look(seen, key, now)
        if wait:
            return wait
        with self._lock_of(start):
            again = self._table[start : start + _GROUP.size]
            if again != seen:  # another process took, in between
                slot, full_at, wait = self._look(again, key, now)
            if not wait:
                count = self.at_once if full_at - now < self.capacity / 2 else 1
                _SLOT.pack_into(self._table, start + slot * _SLOT.size, key, full_at + count * self.interval)
                if count > 1:
                    if len(self._held) > KEPT:
                        self._held.clear()
                    self._held[key] = count - 1
        return wait

    def _look(self, group, key, now):
        """(slot of the namespace, when its bucket is full, seconds until a request may go on)"""
        values = _GROUP.unpack(group)
        keys, times = values[::2], values[1::2]
        latest = now + self.capacity + self.interval  # what is later is of before a restart of the machine
        if key in keys:
            slot = keys.index(key)
            full_at = times[slot] if now < times[slot] <= latest else now
        else:
            slot = min(range(SLOTS), key=lambda slot: times[slot] if times[slot] <= latest else 0)
            full_at = now
        wait = full_at + self.interval - now - self.capacity
        return slot, full_at, wait if wait > self.interval / 1000 else 0  # floating point


class _Lock:
    """Of a part of the file, against other processes: a killed one's ends with it."""

    def __init__(self, descriptor, start):
        self.range = (_GROUP.size, start)
        self.descriptor = descriptor

    def __enter__(self):
        fcntl.lockf(self.descriptor, fcntl.LOCK_EX, *self.range)

    def __exit__(self, *error):
        fcntl.lockf(self.descriptor, fcntl.LOCK_UN, *self.range)


@lru_cache(maxsize=8192)
def _place(namespace):
    digest = hashlib.blake2b(namespace.encode(), digest_size=10).digest()
    return int.from_bytes(digest[:2], "little") % GROUPS, int.from_bytes(digest[2:], "little") | 1


def _mapped(folder, name):
    """(descriptor, memory) of the file; (None, memory of this process) where there can be none."""
    size = GROUPS * _GROUP.size
    try:
        return mapped(folder, name, size)
    except OSError as error:
        log.warning("Rate limits count in each worker alone: the file in %s cannot be used: %s", folder, error)
        return None, mmap.mmap(-1, size)
