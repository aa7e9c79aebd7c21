"""A SQLite file per namespace: made on the first write, reached only through read(id) and write(id).

Facts that this follows (measured, eight processes): making tables on first touch fails under several
workers, a draft put into place by os.link never did; unlinking or replacing a live database loses
acknowledged writes, so a reset is one transaction inside it; a deferred transaction that reads and then
writes fails at once with SQLITE_BUSY, so every write is BEGIN IMMEDIATE; busy_timeout is no queue (16
writers: up to 5 s and errors), a blocking flock in front is (0.5 s, none). A file that somebody else removes or
replaces is noticed by its inode: when a handle is taken, and again before a write counts as done.
"""

import errno
import hashlib
import logging
import os
import resource
import secrets
import shutil
import stat
import tempfile
import threading
import time
from collections import OrderedDict
from contextlib import contextmanager, nullcontext, suppress
from itertools import count
from urllib.parse import quote

from ..engine.session import Session
from ..engine.storage import KEPT, SERVICE_TABLES
from ..errors import NewerDatabase, ServiceFull, StorageBusy, StorageFailed
from . import copies, recordings
from .files import is_damage, locked, result_code
from .limits import Book, Limits
from .upgrades import DIALECT, SCHEMA_VERSION, ddl_of, missing_from, upgrade

try:  # the newest SQLite, where there is a wheel (Linux); the standard library's elsewhere
    from pysqlite3 import dbapi2 as driver
except ImportError:
    import sqlite3 as driver

log = logging.getLogger(__name__)

# for each handle; in one call, as a thread waits for its turn again after each
ALWAYS = "; ".join(
    f"PRAGMA {pragma}"
    for pragma in ("foreign_keys = ON", "synchronous = FULL", "trusted_schema = OFF", "cell_size_check = ON")
)
SAFE_WAL = (3, 51, 3)  # before it, two connections that write and checkpoint at once can lose commits
OPEN_DATABASES = 84  # idle handles a worker keeps; each is three file descriptors and up to 260 KiB
MOST_OPEN = 250  # so many where that keeps it from opening the same ones again and again
MANY_DESCRIPTORS = 4096  # that a process may have, for MOST_OPEN of them
BUSY_TIMEOUT_SECONDS = 5
GENERATIONS = 1024  # ids whose generation() a worker remembers; more than it keeps handles of
DRAFT_AGE_SECONDS = 3600  # after it, a draft is what a killed process left behind
DISK_RESERVE_BYTES = 2**20
UNLIMITED_PAGES = 2**32 - 2
SIDE_FILES = ("-wal", "-shm", "-journal")

# SQLite's result codes
_BUSY = (5, 6)
_FULL = 13
_NO_SPACE = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class Namespaces:
    """All namespaces below one folder. Safe for threads, and for any number of processes on the same folder."""

    def __init__(self, folder, tables, seed=lambda session: None, seed_text="", limits=None):
        """`seed(session)` writes the reference rows of a new or reset namespace; `seed_text` differs when they do."""
        self.folder = os.path.join(folder, "namespaces")
        self.root = folder
        self.tables = tables  # each after those that it refers to
        self.seed = seed
        self.seed_text = seed_text
        self.limits = limits or Limits()
        self.book = Book(os.path.join(folder, "new-namespaces"), self.limits)
        self.counted = [table.name for table in tables if table not in SERVICE_TABLES and not table.info]
        self.wal = driver.sqlite_version_info >= SAFE_WAL
        self._idle = OrderedDict()  # id → handles not in use, the longest unused id first
        self._idle_count = 0
        self._room = OPEN_DATABASES  # for idle handles
        self._most = MOST_OPEN if _descriptors() >= MANY_DESCRIPTORS else OPEN_DATABASES
        self._given_up = OrderedDict()  # ids whose handle more room would have kept
        self._generations = OrderedDict()  # id → number, of the last change that generation() saw
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
            with self.book.turn():
                self._sweep()

    # --- transactions -------------------------------------------------------------------------------
    @contextmanager
    def read(self, id_):
        """A Session on one consistent state. A namespace that nobody wrote to reads as the template; nothing is made."""
        exclusive = not self.wal
        with self._translated(id_), self._queue(id_, exclusive=exclusive and self.exists(id_)):
            handle = self._take(id_, queued=exclusive)
            try:
                handle.execute("BEGIN")
                yield Session(handle, DIALECT)
            finally:
                self._finish(id_, handle, "ROLLBACK")

    @contextmanager
    def write(self, id_, make=True, keep=True, limited=True):
        """A Session whose changes are all durable when the block ends, and none if it raises.

        Makes the namespace, unless `make` is false: for a change of something that cannot be there in a
        new one. Without `keep` (a dry run) nothing is made and everything is rolled back. `limited` is false
        for what must be possible in a full namespace, too. Raises QuotaExceeded.
        """
        making = make and keep
        with self._translated(id_):
            if making:
                self._make(id_)
            with self._queue(id_, exclusive=making or self.exists(id_)):
                if making:
                    self._make(id_)  # where it was removed while this one waited
                handle = self._take(id_, queued=True)
                done = "ROLLBACK"
                try:
                    self._prepare_to_write(handle, limited)
                    handle.execute("BEGIN IMMEDIATE")
                    session = Session(handle, DIALECT)
                    yield session
                    if limited and not session.added_to.isdisjoint(self.counted):
                        self.check_rows(session)
                    if keep:
                        handle.execute("COMMIT")
                        done = None
                        if handle.kept and not handle.is_on(self._status(id_)):
                            raise OSError(f"{self.path(id_)} was removed or replaced during a write")
                finally:
                    self._finish(id_, handle, done)

    def clear(self, session):
        """Everything as in a new namespace, inside the open write transaction: ids start at 1 again."""
        self._empty(session)
        self.seed(session)

    def _empty(self, session):
        self.defer_foreign_keys(session)
        for table in reversed(self.tables):
            if table.info != KEPT:
                session.connection.execute(f'DELETE FROM "{table.name}"')

    @staticmethod
    def defer_foreign_keys(session):
        """Foreign keys are checked at the end of the open transaction, for rows that name later ones."""
        session.connection.execute("PRAGMA defer_foreign_keys = ON")

    def rows(self, session):
        """How many rows the namespace has beyond those that it began with. Costs 7 to 20 µs."""
        return max(0, session.connection.execute(self._count).fetchone()[0] - self._first_rows)

    def check_rows(self, session):
        """Raises QuotaExceeded where the namespace has more rows than it may have."""
        self.limits.check_rows(self.rows(session))

    def check_room_for(self, rows):
        """Raises QuotaExceeded for a document of more rows than a namespace can have."""
        self._template_path()
        self.limits.check_rows(rows - self._first_rows)

    @staticmethod
    def bytes(session):
        """The bytes that the namespace takes in its database, 0 for one that nobody wrote to."""
        if not session.connection.kept:
            return 0
        pages, free, page_bytes = (
            session.connection.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("page_count", "freelist_count", "page_size")
        )
        return (pages - free) * page_bytes

    # --- undo and snapshots; all in the open write transaction --------------------------------------
    def keep_for_undo(self, session, counts):
        """Notes the state as what undo() brings back, in the place of an earlier one."""
        copies.drop(session, copies.UNDO)
        copies.take(session, self.tables, copies.UNDO, counts)

    def undo(self, session):
        """Brings back what keep_for_undo() kept, once. Whether there was anything."""
        content = copies.content_of(session, copies.UNDO)
        if content is None:
            return False
        copies.drop(session, copies.UNDO)
        self._empty(session)
        copies.pour(session, self.tables, content)
        return True

    @staticmethod
    def snapshots(session):
        """[{"name", "created-at", "counts"}], the oldest first."""
        return copies.all_snapshots(session)

    def take_snapshot(self, session, name, counts):
        """When it was taken. The name must be free."""
        return copies.take(session, self.tables, name, counts)

    def restore(self, session, name, counts):
        """The state of a snapshot; undo brings back the one with these `counts` that it replaces."""
        content = copies.content_of(session, name)
        self.keep_for_undo(session, counts)
        self._empty(session)
        copies.pour(session, self.tables, content)

    @staticmethod
    def drop_snapshot(session, name):
        copies.drop(session, name)

    # --- what changed -------------------------------------------------------------------------------
    def generation(self, id_):
        """A number that is another one after every commit to the namespace, by whichever process; None for a new one.

        It holds for this process only, and costs 5 µs: SQLite says for each handle whether others committed
        since (data_version) and how many rows it changed itself (total_changes).
        """
        try:
            if id_ not in self._idle and not self.exists(id_):
                return None
            handle = self._take(id_)
        except (driver.Error, OSError, NewerDatabase):
            return None  # the request itself will say it
        try:
            if not handle.kept:
                return None
            seen = (handle.execute("PRAGMA data_version").fetchone()[0], handle.total_changes)
            with self._lock:
                if handle.seen != seen or id_ not in self._generations:
                    # also where the handle is new: what was committed before it was opened, nobody saw
                    handle.seen = seen
                    self._generations[id_] = next(_numbers)
                    if len(self._generations) > GENERATIONS:
                        self._generations.popitem(last=False)
                self._generations.move_to_end(id_)
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
        return self._status(id_) is not None

    def _status(self, id_):
        """The os.stat_result of the database, None where there is none. Raises OSError for what is no file."""
        try:
            status = os.lstat(self.path(id_))
        except FileNotFoundError:
            return None
        if not stat.S_ISREG(status.st_mode):
            raise _Damaged(f"{self.path(id_)} is not a regular file")
        return status

    def ids(self):
        """The ids of all namespaces, in their order."""
        names = os.listdir(self.folder) if os.path.isdir(self.folder) else []
        return sorted(name.removesuffix(".sqlite3") for name in names if name.endswith(".sqlite3"))

    def _make(self, id_, limited=True):
        """Puts a copy of the template into place, whole or not at all. Raises ServiceFull or TooManyNamespaces."""
        if self.exists(id_):
            return
        with open(self._template_path(), "rb") as source:
            template = source.read()
        with self.book.turn() as page:
            if self.exists(id_):
                return  # another one was first
            if limited:
                page.check(sum(name.endswith(".sqlite3") for name in os.listdir(self.folder)))
            self._put_aside(id_)  # the -wal of a database that was removed is not that of the new one
            with tempfile.NamedTemporaryFile(dir=self.folder, prefix=".draft-") as draft:
                draft.write(template)
                draft.flush()
                os.fsync(draft.fileno())
                os.link(draft.name, self.path(id_))
            _fsync_folder(self.folder)
            if limited:
                page.note()

    def _put_aside(self, id_):
        """Moves what stands in the place of a database, and of its side files, to quarantine/ as it is."""
        present = [suffix for suffix in ("", *SIDE_FILES) if os.path.lexists(self.path(id_) + suffix)]
        if not present:
            return
        folder = os.path.join(self.root, "quarantine")
        os.makedirs(folder, mode=0o700, exist_ok=True)
        moment = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
        target = os.path.join(folder, f"{id_}-{moment}-{secrets.token_hex(3)}.sqlite3")
        for suffix in present:
            os.rename(self.path(id_) + suffix, target + suffix)
        _fsync_folder(folder)
        _fsync_folder(self.folder)
        log.warning("What was in the place of %s is now %s", self.path(id_), target)

    def _sweep(self):
        """Removes the drafts of processes that were killed while they wrote them."""
        before = time.time() - DRAFT_AGE_SECONDS
        for folder in (self.root, self.folder):
            for entry in os.scandir(folder):
                if entry.name.startswith(".draft-") and entry.stat(follow_symlinks=False).st_mtime < before:
                    if entry.is_dir(follow_symlinks=False):
                        shutil.rmtree(entry.path, ignore_errors=True)
                    else:
                        with suppress(FileNotFoundError):
                            os.unlink(entry.path)

    # --- for operators ------------------------------------------------------------------------------
    def changed_at(self, id_):
        """Seconds since 1970 of the last write, or of the checkpoint after it; None where nobody wrote."""
        times = []
        for suffix in ("", "-wal"):
            with suppress(FileNotFoundError):
                status = os.lstat(self.path(id_) + suffix)
                if status.st_size:  # reading makes an empty -wal
                    times.append(status.st_mtime)
        return max(times, default=None)

    def delete(self, id_, unless_changed_since=None):
        """Removes the namespace, beside running workers, too; whether there was one to remove.

        Writers wait in the queue, and find none or make a new one; what was read on the old one stays as it was.
        """
        with self._translated(id_), self._queue(id_), self.book.turn():
            # in the book's turn, too: no new database is made before the side files of this one are gone
            if not self.exists(id_):
                return False
            if unless_changed_since is not None and self.changed_at(id_) >= unless_changed_since:
                return False
            for suffix in ("", *SIDE_FILES):
                with suppress(FileNotFoundError):
                    os.unlink(self.path(id_) + suffix)
            _fsync_folder(self.folder)
        recordings.Files(self.root).remove(id_)
        return True

    def back_up(self, id_, path):
        """Writes the namespace as it is at one moment to a database of one file at `path`, whole or not at all."""
        with tempfile.TemporaryDirectory(dir=os.path.dirname(path), prefix=".draft-") as folder:
            draft = os.path.join(folder, "backup.sqlite3")
            with self.read(id_) as session:
                copy = driver.connect(draft, isolation_level=None)
                try:
                    session.connection.backup(copy)
                    copy.execute("PRAGMA journal_mode = DELETE")  # so that no -wal belongs to it
                finally:
                    copy.close()
            os.replace(draft, path)
        _fsync_folder(os.path.dirname(path))

    def load_backup(self, path):
        """What restore_backup() takes, of a file of back_up(). Raises NewerDatabase or StorageFailed."""
        id_ = os.path.basename(path).removesuffix(".sqlite3")
        self._template_path()
        memory = self._connect(":memory:", kept=False)
        try:
            file = driver.connect(f"file:{quote(os.path.abspath(path))}?mode=ro&immutable=1", uri=True)
            try:
                file.backup(memory)
            finally:
                file.close()
            condition = self._condition_of(memory)
            if condition == "newer":
                raise self._newer(id_)
            if condition == "older":
                upgrade(memory, self.tables, self._shape)
                condition = "sound"
            if condition != "sound":
                raise StorageFailed(f"{path} is damaged, or no backup of a namespace; nothing was restored from it.")
            session = Session(memory, DIALECT)
            copies.drop(session, copies.UNDO)
            return copies.packed(session, self.tables)
        except driver.DatabaseError as error:
            raise StorageFailed(f"{path} cannot be read: {error}.") from error
        finally:
            memory.close()

    def restore_backup(self, session, content, counts):
        """The state of a backup, its snapshots included; undo brings back the one with these `counts`, without them."""
        self.keep_for_undo(session, counts)
        self._empty(session)
        copies.drop_snapshots(session)
        copies.pour(session, self.tables, content)

    # --- health -------------------------------------------------------------------------------------
    def check_writable(self):
        """Writes a page to the disk and forgets it. Raises StorageFailed or ServiceFull where that cannot be."""
        with self._translated(), tempfile.TemporaryFile(dir=self.root) as probe:
            probe.write(bytes(4096))
            probe.flush()
            os.fsync(probe.fileno())

    def condition(self, id_):
        """ "sound", "older" or "newer" than this version, "damaged", or "new" where nobody wrote. Changes nothing."""
        with self._translated(id_):
            try:
                if self._status(id_) is None:
                    return "new"
                handle = self._connect(f"file:{quote(self.path(id_))}?mode=rw")
            except _Damaged:
                return "damaged"
            except driver.Error as error:
                return self._told_by(error)
            try:
                return self._condition_of(handle)
            except driver.Error as error:
                return self._told_by(error)
            finally:
                handle.close()

    def _condition_of(self, handle):
        version, shape = _version_of(handle)
        if version > SCHEMA_VERSION:
            return "newer"
        if version == 0 or handle.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
            return "damaged"
        if (version, shape) != (SCHEMA_VERSION, self._shape):
            return "older"
        return "damaged" if any(missing_from(handle, self.tables)) else "sound"

    @staticmethod
    def _told_by(error):
        if not is_damage(error):
            raise error  # the machine's fault, not the file's
        return "damaged"

    def mend(self, id_):
        """Puts a damaged database into quarantine and a new one into its place; leaves a sound one alone.

        Raises NewerDatabase for one of a newer version, which is not damaged.
        """
        if not os.path.lexists(self.path(id_)):
            return
        with self._translated(id_), self._queue(id_):
            condition = self.condition(id_)
            if condition == "newer":
                raise self._newer(id_)
            if condition == "older":
                try:
                    self._finish(id_, self._take(id_, queued=True), None)  # opening upgrades it
                except driver.Error as error:
                    condition = self._told_by(error)
            if condition == "damaged":
                with self.book.turn():  # nobody makes a new one before the side files are gone, too
                    self._put_aside(id_)
                self._make(id_, limited=False)

    def upgrade(self, id_):
        """Brings an older database to this version. Whether it was older. Raises NewerDatabase or StorageFailed."""
        with self._translated(id_), self._queue(id_):
            older = self.condition(id_) == "older"
            self._finish(id_, self._take(id_, queued=True), None)  # opening does it
            return older

    def _newer(self, id_):
        return NewerDatabase(
            f"The database of '{id_}' was written by a newer version of the service than this one, and is left as it is: "
            "ask the operator to bring the newer version back, or use another id.",
            headers={"Retry-After": "3600"},
        )

    # --- the template -------------------------------------------------------------------------------
    def _template_path(self):
        """The file of an empty namespace, made once for each shape of the tables."""
        if self._template is None:
            os.makedirs(self.folder, mode=0o700, exist_ok=True)
            ddl = list(ddl_of(self.tables).values())
            self._shape = int(hashlib.sha256("\n".join(sorted(ddl)).encode()).hexdigest()[:7], 16)
            counts = [f'(SELECT count(*) FROM "{name}")' for name in self.counted]
            self._count = f"SELECT {' + '.join(counts) or 0}"
            memory = driver.connect(":memory:", isolation_level=None)
            # read again after another process's commit a tenth faster than with 1 KiB; an empty one has 222 KiB
            memory.execute("PRAGMA page_size = 2048")
            for statement in ddl:
                memory.execute(statement)
            self.seed(Session(memory, DIALECT))
            self._first_rows = memory.execute(self._count).fetchone()[0]
            memory.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
            memory.execute(f"PRAGMA application_id = {self._shape}")
            content = "\n".join([str(SCHEMA_VERSION), *ddl, self.seed_text])
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
    def _take(self, id_, queued=False):
        """A handle on the database that is there now, or on the template. `queued`: the caller is in the queue."""
        while True:
            status = self._status(id_)
            handle = self._take_idle(id_, status)
            if handle:
                return handle
            if status is None:
                return self._open_scratch()
            self._make_room(id_)
            try:
                handle = self._open(id_, status, queued)
            except driver.OperationalError:
                if _same_file(status, self._status(id_)):
                    raise
                continue  # it was removed at this very moment
            if handle.is_on(self._status(id_)):
                return handle
            handle.close()  # it was replaced at this very moment

    def _take_idle(self, id_, status):
        """An idle handle on the file with this status; those on another one are closed."""
        stale = []
        try:
            with self._lock:
                handles = self._idle.get(id_, [])
                while handles:
                    self._idle_count -= 1
                    handle = handles.pop()
                    if not handles:
                        del self._idle[id_]
                    if handle.is_on(status):
                        return handle
                    stale.append(handle)
            return None
        finally:
            for handle in stale:
                handle.close()

    def _make_room(self, id_):
        """A database must be opened: room for one more where it was given up lately, else for one less.

        So a class of 200 has its 200 open, and 2,000 that come in turns, of which few would stay, have the least.
        """
        with self._lock:
            if self._given_up.pop(id_, False):
                self._room = min(self._most, self._room + 1)
            else:
                self._room = max(OPEN_DATABASES, self._room - 1)

    def _open_scratch(self):
        """The template in memory: what a namespace that nobody wrote to is like."""
        handle = self._connect(":memory:", kept=False)
        template = driver.connect(f"file:{quote(self._template_path())}?mode=ro&immutable=1", uri=True)
        template.backup(handle)
        template.close()
        return handle

    def _open(self, id_, status, queued):
        self._template_path()  # tells the shape of the tables
        handle = self._connect(f"file:{quote(self.path(id_))}?mode=rw")
        try:
            handle.inode, handle.file_bytes = (status.st_dev, status.st_ino), status.st_size
            self._bring_up_to_date(id_, handle, queued)
        except BaseException:
            handle.close()
            raise
        return handle

    def _bring_up_to_date(self, id_, handle, queued):
        """Upgrades a database of an earlier version. Raises NewerDatabase, or _Damaged for one that is not ours."""
        version, shape = _version_of(handle)
        if version > SCHEMA_VERSION:
            raise self._newer(id_)
        if version == 0:
            raise _Damaged(f"{self.path(id_)} is no database of this service")
        if (version, shape) != (SCHEMA_VERSION, self._shape):
            with nullcontext() if queued else self._queue(id_):
                if _version_of(handle) != (SCHEMA_VERSION, self._shape):  # nobody did while this one waited
                    log.info("%s is upgraded from version %s", self.path(id_), version)
                    upgrade(handle, self.tables, self._shape)

    def _prepare_to_write(self, handle, limited):
        """Sets the journal, and how far the database may grow: SQLite refuses the page after that."""
        if not handle.kept:
            return
        if handle.page_bytes is None:
            handle.execute(f"PRAGMA journal_mode = {self._journal_mode}")
            handle.page_bytes = handle.execute("PRAGMA page_size").fetchone()[0]
        if self.limits.max_bytes is not None and handle.limited != limited:
            pages = max(1, self.limits.max_bytes // handle.page_bytes) if limited else UNLIMITED_PAGES
            handle.execute(f"PRAGMA max_page_count = {pages}")
            handle.limited = limited

    @staticmethod
    def _connect(target, kept=True):
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
        try:
            handle.executescript(ALWAYS)
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
            while self._idle_count > self._room:
                oldest, handles = self._idle.popitem(last=False)
                self._idle_count -= len(handles)
                surplus += handles
                self._given_up[oldest] = True
                if len(self._given_up) > self._most - OPEN_DATABASES:
                    self._given_up.popitem(last=False)
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
        """One at a time for each namespace, in every process, and in their order."""
        if not exclusive:
            yield
            return
        self._template_path()  # the folder is there after it
        with locked(os.path.join(self.folder, f"{id_}.lock")):
            yield

    @contextmanager
    def _translated(self, id_=None):
        """The driver's and the system's errors as faults of the table."""
        try:
            yield
        except (driver.IntegrityError, driver.ProgrammingError):
            raise  # a fault of this program, not of the machine
        except (driver.DatabaseError, OSError) as error:
            if result_code(error) == _FULL or isinstance(error, OSError) and error.errno in _NO_SPACE:
                raise self._no_room() from error
            log.exception("storage")
            if result_code(error) in _BUSY:
                raise StorageBusy(
                    "The namespace is busy with other requests; try again in a second.", headers={"Retry-After": "1"}
                ) from error
            raise _failed(id_, is_damage(error) or isinstance(error, _Damaged)) from error

    def _no_room(self):
        """The fault for a database that could not grow: by its own limit, or because the disk is full."""
        disk = os.statvfs(self.folder)
        if self.limits.max_bytes is None or disk.f_bavail * disk.f_frsize < DISK_RESERVE_BYTES:
            log.error("the disk of %s is full", self.folder)
            return ServiceFull("The disk of the service is full; nothing was written. Tell your instructor.")
        return self.limits.too_many_bytes()


class _Handle(driver.Connection):
    kept = True
    seen = None  # (data_version, total_changes) when generation() last asked
    inode = None  # (device, inode) of the file that it is on
    file_bytes = 0
    page_bytes = None  # known from its first write on
    limited = None

    def is_on(self, status):
        """Whether it is on the file with this status, and nobody cut that off: SQLite never makes one shorter."""
        if status is None or self.inode != (status.st_dev, status.st_ino) or status.st_size < self.file_bytes:
            return False
        self.file_bytes = status.st_size
        return True


class _Damaged(OSError):
    """What is in the place of a database is none of this service."""


_numbers = count(1)


def _descriptors():
    """How many descriptors this process may have."""
    soft = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return MANY_DESCRIPTORS if soft == resource.RLIM_INFINITY else soft


def _same_file(before, now):
    return now is not None and (before.st_dev, before.st_ino) == (now.st_dev, now.st_ino)


def _version_of(handle):
    """(version, number of the tables' shape) that a database says it has."""
    return tuple(handle.execute(f"PRAGMA {name}").fetchone()[0] for name in ("user_version", "application_id"))


def _failed(id_, damaged):
    if id_ is None:
        return StorageFailed("The service cannot write to its storage now.", headers={"Retry-After": "5"})
    mend = f"POST /api/{id_}/reset-db"
    if damaged:
        detail = f"The database of this namespace is damaged: {mend} puts it aside and makes a new, empty one."
    else:
        detail = f"The database of this namespace cannot be used now. If that stays, tell the operator, or try {mend}."
    return StorageFailed(f"{detail} Other namespaces are not affected.", headers={"Retry-After": "5"})


def _casefold(text):
    return text.casefold() if isinstance(text, str) else text


def _fsync_folder(path):
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
