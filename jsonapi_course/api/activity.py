"""How much each namespace is used: requests and errors by the hour, of all workers, for the instructor's pages.

A request costs 0.3 µs here. A thread counts together what was seen and adds it to one small SQLite file every few
seconds. That is no data of students: a damaged file is made anew, and a killed worker's last seconds are missing.
Sessions of instructors that ended stand there, too.
"""

import atexit
import logging
import os
import sqlite3
import threading
import time
from collections import Counter, deque
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass

from ..errors import Fault, Faults, InvalidNamespace
from ..namespaces import check_namespace_id
from ..namespaces.files import is_damage, locked, opened

log = logging.getLogger(__name__)

WRITE_SECONDS = 3
HOUR_SECONDS = 3600
KEPT_HOURS = 14 * 24
KEPT_REQUESTS = 200_000  # that wait to be counted together; where nobody does that, the oldest go
KEPT_COUNTS = 50_000  # that wait for a disk that is full
KNOWN_SECONDS = 60  # how long a namespace counts as being there without another look

_TABLES = """
CREATE TABLE IF NOT EXISTS activity (
  namespace TEXT, hour INTEGER, requests INTEGER NOT NULL, client_errors INTEGER NOT NULL,
  server_errors INTEGER NOT NULL, last_use INTEGER NOT NULL, PRIMARY KEY (namespace, hour)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS ended (session TEXT PRIMARY KEY, forget_at INTEGER NOT NULL) WITHOUT ROWID;
"""
_ADD = """
INSERT INTO activity VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET
  requests = requests + excluded.requests, client_errors = client_errors + excluded.client_errors,
  server_errors = server_errors + excluded.server_errors, last_use = max(last_use, excluded.last_use)
"""
_RECENT = """
SELECT namespace, sum(requests) FILTER (WHERE hour > :after), sum(client_errors) FILTER (WHERE hour > :after),
  sum(server_errors) FILTER (WHERE hour > :after), max(last_use) FROM activity GROUP BY namespace
"""
_HOURLY = (
    "SELECT hour, sum(requests), sum(client_errors), sum(server_errors) FROM activity WHERE hour > ? {} GROUP BY hour"
)


@dataclass(frozen=True)
class Use:
    requests: int = 0
    client_errors: int = 0
    server_errors: int = 0
    last: int | None = None  # seconds since 1970

    @property
    def errors(self):
        return self.client_errors + self.server_errors


class Activity:
    def __init__(self, folder, namespaces):
        self.path = os.path.join(folder, "activity.sqlite3")
        self.namespaces = namespaces
        self._seen = deque(maxlen=KEPT_REQUESTS)  # (namespace, status)
        self._waiting = {}  # (namespace, hour) → [requests, client errors, server errors, last use]
        self._known, self._known_until = set(), 0
        self._swept_at = self._process = None
        self._failing = False
        self._turn = threading.Lock()

    # --- counting -----------------------------------------------------------------------------------
    def count(self, namespace, status):
        """Notes a request that was answered; `status` is its three digits."""
        if self._process != os.getpid():
            self._start()
        self._seen.append((namespace, status))

    def _start(self):
        """A fork has no threads of its parent, and counts nothing that the parent has seen."""
        if self._process is None:
            atexit.register(self.flush)
        else:
            self._seen.clear()
            self._waiting, self._turn = {}, threading.Lock()
        self._process = os.getpid()
        threading.Thread(target=self._write_for_ever, name="activity", daemon=True).start()

    def _write_for_ever(self):
        while True:
            time.sleep(WRITE_SECONDS)
            self.flush()

    def flush(self):
        """Adds what this process has counted to the file. Where that cannot be written it waits for the next time."""
        with self._turn:
            self._count_together()
            if not self._waiting:
                return
            rows = [(*place, *counts) for place, counts in self._waiting.items()]
            with self._tried("written"):
                self._use(lambda database: self._add(database, rows))
                self._waiting.clear()

    def _count_together(self):
        now = int(time.time())
        if now >= self._known_until:
            self._known, self._known_until = set(), now + KNOWN_SECONDS
        seen = Counter(self._seen.popleft() for _ in range(len(self._seen)))
        for (namespace, status), times in seen.items():
            place = (namespace, now // HOUR_SECONDS)
            if not self._is_there(namespace) or (place not in self._waiting and len(self._waiting) >= KEPT_COUNTS):
                continue
            counts = self._waiting.setdefault(place, [0, 0, 0, 0])
            counts[0] += times
            counts[1] += times * (status[0] == "4")
            counts[2] += times * (status[0] == "5")
            counts[3] = now

    def _is_there(self, namespace):
        """Whether there is such a namespace: names that anybody thinks of do not fill the file."""
        if namespace not in self._known:
            try:
                if check_namespace_id(namespace) != namespace or not self.namespaces.exists(namespace):
                    return False
            except InvalidNamespace:
                return False
            except (OSError, Fault, Faults):
                pass  # it is there, and damaged
            self._known.add(namespace)
        return True

    def _add(self, database, rows):
        database.executemany(_ADD, rows)
        hour = int(time.time()) // HOUR_SECONDS
        if self._swept_at != hour:
            self._sweep(database, hour)
            self._swept_at = hour

    def _sweep(self, database, hour):
        database.execute("DELETE FROM activity WHERE hour <= ?", [hour - KEPT_HOURS])
        database.execute("DELETE FROM ended WHERE forget_at < ?", [hour * HOUR_SECONDS])
        with suppress(OSError, Fault, Faults):
            there = set(self.namespaces.ids())
            for (namespace,) in database.execute("SELECT DISTINCT namespace FROM activity").fetchall():
                if namespace not in there:
                    database.execute("DELETE FROM activity WHERE namespace = ?", [namespace])

    def forget(self, namespace):
        """For a namespace that was deleted."""
        self._known.discard(namespace)
        with self._tried("written"):
            self._use(lambda database: database.execute("DELETE FROM activity WHERE namespace = ?", [namespace]))

    # --- reading ------------------------------------------------------------------------------------
    def recent(self, hours=24):
        """{namespace: its Use in these hours; `last` is of all that is kept}"""
        self.flush()
        after = int(time.time()) // HOUR_SECONDS - hours
        rows = self._read(_RECENT, {"after": after})
        return {name: Use(*(count or 0 for count in counts), last) for name, *counts, last in rows}

    def by_hour(self, hours, names=None):
        """[(hour since 1970, requests, client errors, server errors)], the last one now; of all, or of these names."""
        self.flush()
        now = int(time.time()) // HOUR_SECONDS
        chosen = "" if names is None else f"AND namespace IN ({', '.join('?' * len(names))})"
        rows = {row[0]: row for row in self._read(_HOURLY.format(chosen), [now - hours, *(names or ())])}
        return [rows.get(hour, (hour, 0, 0, 0)) for hour in range(now - hours + 1, now + 1)]

    def _read(self, statement, values):
        """The rows, none where the file cannot be read."""
        with self._tried("read"):
            return self._use(lambda database: database.execute(statement, values).fetchall())
        return []

    # --- sessions of instructors --------------------------------------------------------------------
    def end_session(self, session, forget_at):
        with self._tried("written"):
            self._use(
                lambda database: database.execute("INSERT OR IGNORE INTO ended VALUES (?, ?)", [session, forget_at])
            )

    def has_ended(self, session):
        return bool(self._read("SELECT 1 FROM ended WHERE session = ?", [session]))

    # --- the file -----------------------------------------------------------------------------------
    def _use(self, work):
        """`work(database)` in a transaction of its own, one at a time in every process. Raises OSError, sqlite3.Error."""
        os.makedirs(os.path.dirname(self.path), mode=0o700, exist_ok=True)
        with locked(f"{self.path}.lock"):
            try:
                return self._work(work)
            except sqlite3.DatabaseError as error:
                if not is_damage(error):
                    raise
                log.warning("%s is damaged (%s), and made anew", self.path, error)
                for suffix in ("", "-journal"):
                    with suppress(FileNotFoundError):
                        os.unlink(self.path + suffix)
                return self._work(work)

    def _work(self, work):
        os.close(opened(self.path))  # SQLite itself would make one that others can read
        with closing(sqlite3.connect(self.path)) as database:
            database.execute("PRAGMA synchronous = OFF")
            database.executescript(_TABLES)
            with database:
                return work(database)

    @contextmanager
    def _tried(self, verb):
        try:
            yield
            self._failing = False
        except (sqlite3.Error, OSError) as error:
            if not self._failing:  # once, not every three seconds
                log.warning("Activity cannot be %s: %s: %s", verb, self.path, error)
            self._failing = True
