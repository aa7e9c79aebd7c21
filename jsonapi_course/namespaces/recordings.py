"""What the console of a namespace keeps: its last requests and its faults, in a small file of its own, for all workers.

Which namespaces are watched stands in a table of times that every process has mapped, so a request of one that is not
costs a look into memory. Namespaces that share a place in the table cost each other a look into a file, no more. The
files are SQLite's, without fsync: what a crash of the machine takes from them was to look at only.
"""

import hashlib
import json
import logging
import mmap
import os
import shutil
import sqlite3
import time
from contextlib import contextmanager, suppress
from functools import lru_cache
from urllib.parse import quote

from ..engine import clock
from .files import is_damage, locked, mapped

log = logging.getLogger(__name__)

MOST = 200  # requests that are kept of a namespace
WATCH_SECONDS = 30  # that a look prolongs the recording
CONSOLES = 1000  # files that are kept; the longest unused goes first
UNUSED_SECONDS = 3600  # after which nobody comes back to a file
FURTHEST_SECONDS = 3600  # a time that is further ahead is damage, or the clock was set back
PLACES = 32768
LOCKS = 64

_TABLES = (
    "CREATE TABLE requests (number INTEGER PRIMARY KEY AUTOINCREMENT, request TEXT NOT NULL)",
    "CREATE TABLE state (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
)


class Files:
    """The files, a SQLite database for each console; without fsync."""

    def __init__(self, folder):
        self.folder = os.path.join(folder, "console")

    def path(self, namespace):
        return os.path.join(self.folder, f"{namespace}.sqlite3")

    def remove(self, namespace):
        """Removes what is kept of a namespace."""
        if os.path.lexists(self.path(namespace)):
            with self._lock(namespace):
                self._unlink(namespace)

    def _unlink(self, namespace):
        for path in (self.path(namespace) + "-journal", self.path(namespace)):
            with suppress(FileNotFoundError):
                if os.path.isdir(path) and not os.path.islink(path):
                    shutil.rmtree(path)
                else:
                    os.unlink(path)

    def _lock(self, namespace):
        """One at a time for each namespace, in every process: SQLite's own waiting is no queue."""
        return locked(os.path.join(self.folder, f"{_place(namespace) % LOCKS}.lock"))

    @contextmanager
    def _open(self, namespace, make=False):
        """The file in a transaction; None where there is none, unless `make`. A damaged one is made anew."""
        if make:
            os.makedirs(self.folder, mode=0o700, exist_ok=True)
        elif not os.path.lexists(self.path(namespace)):
            yield None
            return
        with self._lock(namespace):
            file = self._connect(namespace, make)
            if file is None:
                yield None
                return
            try:
                yield file
                file.execute("COMMIT")
            except sqlite3.DatabaseError as error:
                if is_damage(error):
                    log.warning("What the console of %s kept was damaged and is forgotten: %s", namespace, error)
                    self._unlink(namespace)
                raise
            finally:
                file.close()

    def _connect(self, namespace, make):
        path = self.path(namespace)
        if not os.path.lexists(path):
            if not make:
                return None
            self._sweep()
        elif os.path.isfile(path) and not os.path.islink(path):
            try:
                return _begun(path)
            except sqlite3.DatabaseError as error:
                if not is_damage(error):
                    raise
                log.warning("What the console of %s kept was damaged and is forgotten: %s", namespace, error)
        self._unlink(namespace)
        if not make:
            return None
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
        return _begun(path, new=True)

    def _sweep(self):
        """Removes the files that nobody comes back to, so that one more is not too many."""
        files = []
        for entry in os.scandir(self.folder):
            if entry.name.endswith(".sqlite3"):
                with suppress(FileNotFoundError):
                    files.append((entry.stat(follow_symlinks=False).st_mtime, entry.name.removesuffix(".sqlite3")))
        files.sort()
        surplus = len(files) - CONSOLES + 1
        for number, (changed_at, namespace) in enumerate(files):
            if number < surplus or changed_at < time.time() - UNUSED_SECONDS:
                self._unlink(namespace)


class Recordings(Files):
    """Safe for threads, and for any number of processes on the same folder."""

    def __init__(self, folder):
        """Raises nothing: where the table cannot be, this process has one for itself, and the log says so."""
        super().__init__(folder)
        self._map_table()

    # --- the table ----------------------------------------------------------------------------------
    def _map_table(self):
        self.inode, memory = _mapped(self.folder)
        self.times = memoryview(memory).cast("d")  # until when: PLACES of watching, PLACES of faults

    def is_watched(self, namespace):
        """Whether a console is open there, or a fault set; True for some of whom neither is true."""
        until = self.times[_place(namespace)]
        return until != 0 and _is_ahead(until)

    def may_fail(self, namespace):
        """Whether a fault is set there; True for some where none is."""
        until = self.times[_place(namespace) + PLACES]
        return until != 0 and _is_ahead(until)

    def _note(self, namespace, until, of_fault=False):
        first = _place(namespace)
        for place in (first, first + PLACES) if of_fault else (first,):
            if not until <= self.times[place] <= until + FURTHEST_SECONDS:  # also where it is damaged
                self.times[place] = until

    def _check_table(self):
        """Maps the table anew where somebody removed or replaced it."""
        try:
            status = os.stat(os.path.join(self.folder, "watched"))
        except OSError:
            status = None
        if status is None or (status.st_dev, status.st_ino) != self.inode:
            self._map_table()

    # --- requests -----------------------------------------------------------------------------------
    def watch(self, namespace):
        """Has its requests recorded for the next WATCH_SECONDS."""
        self._check_table()
        until = _now() + WATCH_SECONDS
        self._note(namespace, until)
        with self._open(namespace, make=True) as file:
            known = _state(file, "watched")
            if known is None or not until - 5 < known <= until:  # so not each look writes
                _set_state(file, "watched", until)

    def add(self, namespace, request):
        """Records a request (JSON) where a console is open."""
        with self._open(namespace) as file:
            until = _state(file, "watched") if file is not None else None
            if until is None or not _is_ahead(until):
                return
            text = json.dumps(request, ensure_ascii=False).encode("utf-8", "replace").decode()
            number = file.execute("INSERT INTO requests (request) VALUES (?)", (text,)).lastrowid
            file.execute("DELETE FROM requests WHERE number <= ?", (number - MOST,))

    def list(self, namespace, after=0):
        """(number of the last one ever, [requests after that number], faults or None), the oldest first.

        All of them where `after` is of a time before the numbers began anew.
        """
        with self._open(namespace) as file:
            if file is None:
                return 0, [], None
            row = file.execute("SELECT seq FROM sqlite_sequence WHERE name = 'requests'").fetchone()
            last = row[0] if row else 0
            after = after if after <= last else 0
            rows = file.execute("SELECT number, request FROM requests WHERE number > ? ORDER BY number", (after,))
            requests = [{"number": number, **json.loads(request)} for number, request in rows]
            return last, requests, _faults(file)

    def forget(self, namespace):
        """Forgets the requests; their numbers go on."""
        with self._open(namespace) as file:
            if file is not None:
                file.execute("DELETE FROM requests")

    # --- faults -------------------------------------------------------------------------------------
    def faults(self, namespace):
        """The faults that are set, {…, "until": seconds since 1970}, or None."""
        with self._open(namespace) as file:
            return _faults(file) if file is not None else None

    def set_faults(self, namespace, faults):
        self._check_table()
        with self._open(namespace, make=True) as file:
            _set_state(file, "faults", faults)
        self._note(namespace, faults["until"], of_fault=True)

    def end_faults(self, namespace):
        with self._open(namespace) as file:
            if file is not None:
                _set_state(file, "faults", None)

    def take_fault(self, namespace, applies):
        """The faults, where `applies(faults)`, after one of those that are left was taken; None where there is none."""
        with self._open(namespace) as file:
            faults = _faults(file) if file is not None else None
            if faults is None or not applies(faults):
                return None
            faults["injected"] += 1
            if faults["left"] is not None:
                faults["left"] -= 1
            _set_state(file, "faults", faults if faults["left"] != 0 else None)
            return faults


def _begun(path, new=False):
    """A connection in a transaction. Raises sqlite3.Error; a damage where the file is not ours."""
    file = sqlite3.connect(f"file:{quote(path)}?mode=rw", uri=True, isolation_level=None, timeout=5)
    try:
        file.execute("PRAGMA synchronous = OFF")
        file.execute("PRAGMA secure_delete = ON")
        file.execute("BEGIN IMMEDIATE")
        for statement in _TABLES if new else ():
            file.execute(statement)
        file.execute("SELECT value FROM state WHERE name = 'watched'")
        file.execute("SELECT number FROM requests WHERE number = 0")
    except BaseException:
        file.close()
        raise
    return file


def _state(file, name):
    row = file.execute("SELECT value FROM state WHERE name = ?", (name,)).fetchone()
    return json.loads(row[0]) if row else None


def _set_state(file, name, value):
    file.execute("REPLACE INTO state VALUES (?, ?)", (name, json.dumps(value)))


def _faults(file):
    """The faults that are not over."""
    faults = _state(file, "faults")
    return faults if faults and _is_ahead(faults["until"]) else None


def _is_ahead(until):
    return 0 < until - _now() < FURTHEST_SECONDS


def _now():
    return clock.now().timestamp()


@lru_cache(maxsize=8192)
def _place(namespace):
    digest = hashlib.blake2b(namespace.encode("utf-8", "surrogatepass"), digest_size=4).digest()
    return int.from_bytes(digest, "little") % PLACES


def _mapped(folder):
    """((device, inode), memory) of the table; (None, memory of this process) where there can be none."""
    size = 2 * PLACES * 8
    try:
        descriptor, memory = mapped(folder, "watched", size)
    except OSError as error:
        log.warning("A console sees the requests of one worker only: the table in %s cannot be used: %s", folder, error)
        return None, mmap.mmap(-1, size)
    status = os.fstat(descriptor)
    os.close(descriptor)
    return (status.st_dev, status.st_ino), memory
