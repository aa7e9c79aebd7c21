"""A SQLite file per namespace: made on the first write, reached only through read(id) and write(id).

Facts that this follows (measured, eight processes): making tables on first touch fails under several
workers, a draft put into place by os.link never did; unlinking or replacing a live database loses
acknowledged writes, so a reset is one transaction inside it; a deferred transaction that reads and then
writes fails at once with SQLITE_BUSY, so every write is BEGIN IMMEDIATE; busy_timeout is no queue (16
writers: up to 5 s and errors), a blocking flock in front is (0.5 s, none).
"""

import fcntl
import hashlib
import logging
import os
import stat
import tempfile
import threading
from collections import OrderedDict
from contextlib import contextmanager, suppress
from itertools import count
from urllib.parse import quote

from sqlalchemy.dialects import sqlite
from sqlalchemy.schema import CreateIndex, CreateTable

from ..engine.session import Session
from ..errors import StorageBusy, StorageFailed

try:  # the newest SQLite, where there is a wheel (Linux); the standard library's elsewhere
    from pysqlite3 import dbapi2 as driver
except ImportError:
    import sqlite3 as driver

log = logging.getLogger(__name__)

SCHEMA_VERSION = 1
SAFE_WAL = (3, 51, 3)  # before it, two connections that write and checkpoint at once can lose commits
OPEN_DATABASES = 64  # idle handles a worker keeps; each is three file descriptors and up to 260 KiB
BUSY_TIMEOUT_SECONDS = 5

DIALECT = sqlite.dialect()


class Namespaces:
    """All namespaces below one folder. Safe for threads, and for any number of processes on the same folder."""

    def __init__(self, folder, tables, seed=lambda session: None, seed_text=""):
        """`seed(session)` writes the reference rows of a new or reset namespace; `seed_text` differs when they do."""
        self.folder = os.path.join(folder, "namespaces")
        self.root = folder
        self.tables = tables  # each after those that it refers to
        self.seed = seed
        self.seed_text = seed_text
        self.wal = driver.sqlite_version_info >= SAFE_WAL
        self._idle = OrderedDict()  # id → handles not in use, the longest unused id first
        self._idle_count = 0
        self._generations = {}  # id → number, of the last change that generation() saw
        self._lock = threading.Lock()
        self._template = None
        if not self.wal:
            log.warning(
                "SQLite %s can lose commits in WAL mode; a rollback journal is used, which is slower. "
                "Install pysqlite3 for a newer SQLite.",
                driver.sqlite_version,
            )
        with suppress(OSError, driver.Error):  # now, so that no read ever writes; what fails here fails there, too
            self._template_path()

    # --- transactions -------------------------------------------------------------------------------
    @contextmanager
    def read(self, id_):
        """A Session on one consistent state. A namespace that nobody wrote to reads as the template; nothing is made."""
        with self._translated(), self._queue(id_, exclusive=not self.wal and self.exists(id_)):
            handle = self._take(id_)
            try:
                handle.execute("BEGIN")
                yield Session(handle, DIALECT)
            finally:
                self._finish(id_, handle, "ROLLBACK")

    @contextmanager
    def write(self, id_, make=True, keep=True):
        """A Session whose changes are all durable when the block ends, and none if it raises.

        Makes the namespace, unless `make` is false: for a change of something that cannot be there in a
        new one. Without `keep` (a dry run) nothing is made and everything is rolled back.
        """
        making = make and keep
        with self._translated(), self._queue(id_, exclusive=making or self.exists(id_)):
            if making:
                self._make(id_)
            handle = self._take(id_)
            done = "ROLLBACK"
            try:
                handle.execute("BEGIN IMMEDIATE")
                yield Session(handle, DIALECT)
                if keep:
                    handle.execute("COMMIT")
                    done = None
            finally:
                self._finish(id_, handle, done)

    def clear(self, session):
        """Everything as in a new namespace, inside the open write transaction: ids start at 1 again."""
        self.defer_foreign_keys(session)
        for table in reversed(self.tables):
            session.connection.execute(f'DELETE FROM "{table.name}"')
        self.seed(session)

    @staticmethod
    def defer_foreign_keys(session):
        """Foreign keys are checked at the end of the open transaction, for rows that name later ones."""
        session.connection.execute("PRAGMA defer_foreign_keys = ON")

    def generation(self, id_):
        """A number that is another one after every commit to the namespace, by whichever process; None for a new one.

        It holds for this process only, and costs 5 µs: SQLite says for each handle whether others committed
        since (data_version) and how many rows it changed itself (total_changes).
        """
        try:
            if id_ not in self._idle and not self.exists(id_):
                return None
            handle = self._take(id_)
        except (driver.Error, OSError):
            return None
        try:
            if not handle.kept:
                return None
            seen = (handle.execute("PRAGMA data_version").fetchone()[0], handle.total_changes)
            with self._lock:
                if handle.seen != seen:
                    # also where the handle is new: what was committed before it was opened, nobody saw
                    handle.seen = seen
                    self._generations[id_] = next(_numbers)
                return self._generations[id_]
        except driver.Error:
            return None
        finally:
            self._finish(id_, handle, None)

    # --- files --------------------------------------------------------------------------------------
    def path(self, id_):
        return os.path.join(self.folder, f"{id_}.sqlite3")

    def exists(self, id_):
        """Whether anybody wrote to the namespace. Raises OSError where a directory or a link is in its place."""
        try:
            mode = os.lstat(self.path(id_)).st_mode
        except FileNotFoundError:
            return False
        if not stat.S_ISREG(mode):
            raise OSError(f"{self.path(id_)} is not a regular file")
        return True

    def size_bytes(self, id_):
        return os.path.getsize(self.path(id_)) if self.exists(id_) else 0

    def _make(self, id_):
        """Puts a copy of the template into place, whole or not at all."""
        if self.exists(id_):
            return
        template = self._template_path()
        with tempfile.NamedTemporaryFile(dir=self.folder, prefix=".draft-") as draft:
            with open(template, "rb") as source:
                draft.write(source.read())
            draft.flush()
            os.fsync(draft.fileno())
            try:
                os.link(draft.name, self.path(id_))
            except FileExistsError:
                return  # another worker was first
        _fsync_folder(self.folder)

    def _template_path(self):
        """The file of an empty namespace, made once for each shape of the tables."""
        if self._template is None:
            os.makedirs(self.folder, mode=0o700, exist_ok=True)
            ddl = [str(CreateTable(table).compile(dialect=DIALECT)) for table in self.tables]
            for table in self.tables:
                ddl += [str(CreateIndex(index).compile(dialect=DIALECT)) for index in sorted(table.indexes, key=str)]
            memory = driver.connect(":memory:", isolation_level=None)
            memory.execute("PRAGMA page_size = 1024")
            for statement in ddl:
                memory.execute(statement)
            self.seed(Session(memory, DIALECT))
            memory.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
            content = "\n".join([*ddl, self.seed_text])
            name = f"template-{hashlib.sha256(content.encode()).hexdigest()[:16]}.sqlite3"
            path = os.path.join(self.root, name)
            if not os.path.exists(path):
                self._write_template(memory, path)
            memory.close()
            self._template = path
        return self._template

    def _write_template(self, memory, path):
        with tempfile.TemporaryDirectory(dir=self.root, prefix=".draft-") as folder:
            draft = os.path.join(folder, "template.sqlite3")
            memory.execute("VACUUM INTO ?", [draft])
            connection = driver.connect(draft, isolation_level=None)
            connection.execute(f"PRAGMA journal_mode = {self._journal_mode}")
            connection.close()
            with suppress(FileExistsError):
                os.link(draft, path)

    @property
    def _journal_mode(self):
        return "WAL" if self.wal else "TRUNCATE"

    # --- handles ------------------------------------------------------------------------------------
    def _take(self, id_):
        with self._lock:
            handles = self._idle.get(id_)
            if handles:
                self._idle_count -= 1
                handle = handles.pop()
                if not handles:
                    del self._idle[id_]
                return handle
        if self.exists(id_):
            return self._open(self.path(id_))
        return self._open_scratch()

    def _open_scratch(self):
        """The template in memory: what a namespace that nobody wrote to is like."""
        handle = self._connect(":memory:", kept=False)
        template = driver.connect(f"file:{quote(self._template_path())}?mode=ro&immutable=1", uri=True)
        template.backup(handle)
        template.close()
        return handle

    def _open(self, path):
        return self._connect(f"file:{quote(path)}?mode=rw", f"journal_mode = {self._journal_mode}")

    @staticmethod
    def _connect(target, *pragmas, kept=True):
        handle = driver.connect(
            target,
            uri=True,
            isolation_level=None,
            timeout=BUSY_TIMEOUT_SECONDS,
            check_same_thread=False,
            cached_statements=256,
            factory=_Handle,
        )
        handle.kept = kept
        handle.create_function("casefold", 1, _casefold, deterministic=True)
        always = ("foreign_keys = ON", "synchronous = FULL", "trusted_schema = OFF", "cell_size_check = ON")
        try:
            for pragma in (*always, *pragmas):
                handle.execute(f"PRAGMA {pragma}")
        except driver.Error:
            handle.close()
            raise
        return handle

    def _finish(self, id_, handle, statement):
        try:
            if statement and handle.in_transaction:
                handle.execute(statement)
        except driver.Error:
            handle.close()
            return
        if not handle.kept:
            handle.close()
            return
        surplus = []
        with self._lock:
            self._idle.setdefault(id_, []).append(handle)
            self._idle.move_to_end(id_)
            self._idle_count += 1
            while self._idle_count > OPEN_DATABASES:
                _, handles = self._idle.popitem(last=False)
                self._idle_count -= len(handles)
                surplus += handles
        for old in surplus:
            old.close()

    def close(self):
        """Closes the idle handles."""
        with self._lock:
            handles = [handle for kept in self._idle.values() for handle in kept]
            self._idle.clear()
            self._idle_count = 0
        for handle in handles:
            handle.close()

    # --- order among writers ------------------------------------------------------------------------
    @contextmanager
    def _queue(self, id_, exclusive=True):
        """One at a time for each namespace, in every process; the kernel keeps the waiters in their order."""
        if not exclusive:
            yield
            return
        self._template_path()  # the folder is there after it
        flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
        lock = os.open(os.path.join(self.folder, f"{id_}.lock"), flags, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)

    @contextmanager
    def _translated(self):
        """The driver's and the system's errors as faults of the table."""
        try:
            yield
        except driver.OperationalError as error:
            log.exception("storage")
            if "locked" in str(error) or "busy" in str(error):
                raise StorageBusy(
                    "The namespace is busy with other requests; try again in a second.", headers={"Retry-After": "1"}
                ) from error
            raise _failed() from error
        except (driver.IntegrityError, driver.ProgrammingError):
            raise  # a fault of this program, not of the machine
        except (driver.DatabaseError, OSError) as error:
            log.exception("storage")
            raise _failed() from error


class _Handle(driver.Connection):
    kept = True
    seen = None  # (data_version, total_changes) when generation() last asked


_numbers = count(1)


def _failed():
    return StorageFailed(
        "The database of this namespace cannot be used now. If that stays, POST /api/<your_id>/reset-db makes a new "
        "one; other namespaces are not affected.",
        headers={"Retry-After": "5"},
    )


def _casefold(text):
    return text.casefold() if isinstance(text, str) else text


def _fsync_folder(path):
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
