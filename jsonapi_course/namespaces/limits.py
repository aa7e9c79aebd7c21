"""What a namespace may hold and how many there may be: the limits, and the book of those made in the last hour."""

import time
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass

from ..errors import QuotaExceeded, ServiceFull, TooManyNamespaces
from .files import locked

HOUR_SECONDS = 3600


@dataclass(frozen=True)
class Limits:
    """None is no limit. `address()` is that of the client whose request is being answered, None outside of one."""

    max_rows: int | None = None
    max_bytes: int | None = None
    max_namespaces: int | None = None
    new_per_hour: int = 0
    address: Callable = lambda: None

    def check_rows(self, rows):
        """Raises QuotaExceeded (507) for a namespace with more rows than it may have."""
        if self.max_rows is not None and rows > self.max_rows:
            raise QuotaExceeded(
                f"This would make {rows} rows, and a namespace may have {self.max_rows} (NAMESPACE_MAX_ROWS): delete what "
                "you no longer need, or start again with reset-db.",
                meta={"limit": "NAMESPACE_MAX_ROWS", "maximum": self.max_rows},
            )

    def too_many_bytes(self):
        """The fault for what does not fit into the database any more."""
        return QuotaExceeded(
            f"This does not fit: the database of a namespace may have {self.max_bytes} bytes (NAMESPACE_MAX_BYTES), "
            "snapshots included. Delete resources or snapshots that you no longer need, or start again with reset-db.",
            meta={"limit": "NAMESPACE_MAX_BYTES", "maximum": self.max_bytes},
        )


class Book:
    """The namespaces made in the last hour, a line for each, in a file that is the lock of their making, too.

    So the limits hold across processes. What a crash of the machine loses of it are only counts of an hour.
    """

    def __init__(self, path, limits):
        self.path = path
        self.limits = limits

    @contextmanager
    def turn(self):
        """One at a time, in every process; yields the open Page."""
        with (
            locked(self.path) as descriptor,
            open(descriptor, "r+", encoding="utf-8", errors="replace", closefd=False) as file,
        ):
            yield Page(file, self.limits)


class Page:
    def __init__(self, file, limits):
        self.file = file
        self.limits = limits
        self.now = time.time()
        self.address = limits.address() if limits.new_per_hour else None
        made = [line.split() for line in file]
        self.recent = [line for line in made if len(line) == 2 and self._age_seconds(line) < HOUR_SECONDS]

    def _age_seconds(self, line):
        try:
            age = self.now - float(line[0])
        except ValueError:
            return HOUR_SECONDS
        return age if age >= 0 else HOUR_SECONDS  # the clock was set back

    def check(self, count):
        """Raises ServiceFull (507) or TooManyNamespaces (429) where there may be no new one beside these `count`."""
        most = self.limits.max_namespaces
        if most is not None and count >= most:
            raise ServiceFull(
                f"The service has {count} namespaces and may have {most} (MAX_NAMESPACES), so it makes no new one: use an "
                "id that you have used before, or ask your instructor.",
                meta={"limit": "MAX_NAMESPACES", "maximum": most},
            )
        ages = sorted(self._age_seconds(line) for line in self.recent if line[1] == self.address)
        most = self.limits.new_per_hour
        if self.address is not None and len(ages) >= most:
            wait_seconds = int(HOUR_SECONDS - ages[most - 1]) + 1
            raise TooManyNamespaces(
                f"From your address {len(ages)} new namespaces were made in the last hour, and {most} may be "
                "(NEW_NAMESPACES_PER_HOUR): use an id that you have used before, or try again in "
                f"{wait_seconds} seconds.",
                headers={"Retry-After": str(wait_seconds)},
                meta={"limit": "NEW_NAMESPACES_PER_HOUR", "maximum": most},
            )

    def note(self):
        """Enters a namespace that was made; forgets those of more than an hour ago."""
        if self.address is None:
            return
        self.recent.append([repr(self.now), self.address])
        self.file.seek(0)
        self.file.truncate()
        self.file.writelines(f"{made} {address}\n" for made, address in self.recent)
