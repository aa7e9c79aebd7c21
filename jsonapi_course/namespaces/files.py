"""Files that every process shares: one that is a lock, one that is mapped; and which errors tell of a damaged database."""

import errno
import fcntl
import mmap
import os
from contextlib import contextmanager

# SQLite's result codes of a file that no trying again will make readable: ERROR, CORRUPT, FORMAT, NOTADB
DAMAGED = (1, 11, 24, 26)


def opened(path):
    """The descriptor of a file that is made where there is none, for the service's user only. Raises OSError."""
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)


@contextmanager
def locked(path):
    """One at a time, in every process; the kernel keeps the waiters in their order. Yields the file's descriptor."""
    descriptor = opened(path)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield descriptor
    finally:
        os.close(descriptor)


def mapped(folder, name, size):
    """(descriptor, memory) of `size` bytes that all processes share, zeros at first. Raises OSError."""
    os.makedirs(folder, mode=0o700, exist_ok=True)
    descriptor = opened(os.path.join(folder, name))
    try:
        if os.fstat(descriptor).st_size < size and os.pwrite(descriptor, bytes(size), 0) < size:
            raise OSError(errno.ENOSPC, "the disk is full")  # a hole in it would kill who fills it (SIGBUS)
        return descriptor, mmap.mmap(descriptor, size)
    except BaseException:
        os.close(descriptor)
        raise


def result_code(error):
    """SQLite's primary result code, None for other errors."""
    code = getattr(error, "sqlite_errorcode", None)
    return code & 0xFF if code else None


def is_damage(error):
    return result_code(error) in DAMAGED
