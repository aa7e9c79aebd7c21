"""gunicorn's threads for whole requests only: no client, however slow, holds a thread.

gunicorn's gthread gives a connection to a thread at its first byte, which then waits for the rest without end: 16
clients that send a byte and wait stop 16 threads. Here a thread takes what has come and goes on with it only if that is
a whole request; else the worker's loop waits for more, and sends what a client does not take at once. So a request that
waits costs a connection (of worker_connections) and its bytes, and is answered with 408 after a while.

There are turns, too: a namespace has half of a worker's threads at most, and logins, whose hashes take 17 ms of CPU
each, have two; what is more waits in line without a thread. One namespace in a loop leaves threads to the others, and
in the line of the logins one namespace comes after the other. An answer that is late on purpose (the fault lab's) takes
no turn while it waits.
"""

import errno
import os
import re
import socket
import threading
import time
from collections import Counter, deque
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from email.utils import formatdate
from functools import lru_cache, partial
from selectors import EVENT_READ, EVENT_WRITE
from urllib.parse import unquote_to_bytes

from gunicorn import util
from gunicorn.errors import ConfigError
from gunicorn.http.errors import InvalidResponseHeader, ParseException
from gunicorn.workers.gthread import PollableMethodQueue, TConn, ThreadWorker

HEAD_BYTES = 64 * 1024  # request line and headers; gunicorn.conf.py limits each of them
BODY_BYTES = 64 * 2**20  # what is longer goes to a thread at once, whose 413 is known from the headers
HELD_BYTES = 256 * 2**20  # of all requests and answers that wait in a worker
BYTES_PER_SECOND = 8192  # a request must have come in `keepalive` seconds, and one more for each of these bytes
BURST_SECONDS = 0.0005  # connections that follow each other so closely are a burst
LINGER_SECONDS = 5  # a refused body is read on for so long, for the client to see the answer
STOPPING_SECONDS = 2  # what has not come after SIGTERM may still come in this time
LOGINS_AT_ONCE = 2  # of a worker: one that is verified, and the next one
SLEEPERS = 256  # of a worker: threads beside the others, in which answers wait that are late on purpose
SLEEPERS_EACH = 32  # of a namespace

_LENGTH = re.compile(rb"\ncontent-length:[ \t]*([0-9]{1,18})[ \t]*\r")
_NAMESPACE = re.compile(rb"[A-Za-z]+ (?:https?://[^/ ]*)?(?:/[^/? ]+)*?/api/([^/? ]+)")


class ClientSocket(socket.socket):
    """Never waits for the client: what is sent is kept until flush(), and then what the client did not take."""

    def __init__(self, accepted):
        super().__init__(accepted.family, accepted.type, accepted.proto, fileno=accepted.detach())
        self.unsent = []
        self.answered = False
        self.more_may_come = False
        self.asleep = None  # for the service: a context that yields whether its thread may sleep in it

    def sendall(self, data, flags=0):
        self.answered = True
        if data:
            self.unsent.append(data)

    def flush(self):
        """Sends what the client takes now; whether nothing is left. What a client that is gone will not take is dropped."""
        while self.unsent:
            try:
                sent = self.sendmsg(self.unsent[:16], (), socket.MSG_DONTWAIT)
            except (BlockingIOError, InterruptedError):
                return False
            except OSError:
                self.unsent.clear()
                break
            while sent and sent >= len(self.unsent[0]):
                sent -= len(self.unsent.pop(0))
            if sent:
                self.unsent[0] = memoryview(self.unsent[0])[sent:]
        return True

    def recv(self, size, flags=0):
        """In a thread, after what was received before: more of a body that is too long, else nothing."""
        if flags:
            return super().recv(size, flags)
        if not self.more_may_come:
            return b""
        super().settimeout(STOPPING_SECONDS)
        try:
            return super().recv(size)
        except TimeoutError:
            return b""
        finally:
            super().settimeout(None)

    def setblocking(self, flag):
        """Nothing: what must not wait says MSG_DONTWAIT itself, and each change of the mode is a system call."""

    settimeout = setblocking


class Connection(TConn):
    """A connection, and the request that is coming over it."""

    lane = namespace = None
    whole = True
    has_turn = False

    def begin(self):
        buffered = self.parser.unreader.take_buffered() if self.parser else b""
        self.data = bytearray(buffered)
        self.started = time.monotonic()
        self.head = 0  # bytes of request line and headers, once they are here
        self.needed = None  # bytes of the request, unless it is chunked
        self.chunk = 0  # where the next chunk begins
        self.registered = False
        self.held = 0

    @property
    def deadline(self):
        return self.started + self.cfg.keepalive + len(self.data) / BYTES_PER_SECOND

    def has_come(self):
        """Whether the request is complete, as far as that takes no judgement; gunicorn parses it afterwards."""
        data = self.data
        if not self.head:
            while data[:1] in (b"\r", b"\n"):
                del data[:1]
            self.head = data.find(b"\r\n\r\n") + 4
            if self.head == 3:
                self.head = 0
                return False
            self._read_head()
        if self.needed is None:
            return self._chunks_have_come()
        return len(data) >= self.needed

    def _read_head(self):
        head = bytes(self.data[: self.head]).lower()
        self.needed = self.head
        if b"\ntransfer-encoding:" in head:
            self.needed = None
            self.chunk = self.head
        elif b"\ncontent-length:" in head:
            length = _LENGTH.search(head)
            self.needed += int(length[1]) if length else 0
        self.whole = self.needed is None or self.needed <= self.head + BODY_BYTES
        if not self.whole:
            self.needed = self.head
        elif b"\nexpect:" in head and b"100-continue" in head and (self.needed or 2**63) > len(self.data):
            self.sock.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
            self.sock.flush()
            shorter = re.sub(rb"(?i)\r\nexpect:[^\r\n]*", b"", bytes(self.data[: self.head]))
            removed = self.head - len(shorter)
            self.data[: self.head] = shorter
            self.head -= removed
            self.chunk -= removed
            self.needed = self.needed and self.needed - removed

    def _chunks_have_come(self):
        """Whether the last chunk is here, or one that is none, or too many bytes: gunicorn or the service refuse those."""
        data = self.data
        while len(data) - self.head <= BODY_BYTES:
            end = data.find(b"\r\n", self.chunk, self.chunk + 128)
            if end < 0:
                return len(data) - self.chunk >= 128
            try:
                size = int(bytes(data[self.chunk : end]).partition(b";")[0], 16)
            except ValueError:
                return True
            if size <= 0:
                return size < 0 or data.find(b"\r\n\r\n", end) >= 0
            if len(data) < end + size + 4:
                return False
            self.chunk = end + size + 4
        self.whole = False
        return True


class Line:
    """Those who wait for their lane: the first of one namespace, then that of the next, however many each has."""

    def __init__(self):
        self.lines = {}  # {namespace: deque of connections}, in the order of their turns
        self.count = 0

    def __len__(self):
        return self.count

    def append(self, conn):
        self.lines.setdefault(conn.namespace, deque()).append(conn)
        self.count += 1

    def popleft(self):
        namespace = next(iter(self.lines))
        line = self.lines.pop(namespace)
        conn = line.popleft()
        if line:
            self.lines[namespace] = line
        self.count -= 1
        return conn

    def pop(self):
        """The last one of the namespace with the most."""
        namespace, line = max(self.lines.items(), key=lambda item: len(item[1]))
        conn = line.pop()
        if not line:
            del self.lines[namespace]
        self.count -= 1
        return conn


class Calls(PollableMethodQueue):
    """What threads want done in the loop, which is woken once for all that wait; gthread's does it for each."""

    woken = False

    def defer(self, callback, *args):
        self._queue.put(partial(callback, *args))
        if not self.woken:
            self.woken = True
            os.write(self._write_fd, b"\0")

    def run_callbacks(self, _fileobj, max_callbacks=50):
        os.read(self._read_fd, max_callbacks)
        self.woken = False  # before looking: what is put from now on wakes the loop again
        for _ in range(self._queue.qsize()):
            self._queue.get_nowait()()


class Worker(ThreadWorker):
    """A gthread worker. enqueue_req, where gunicorn hands a connection to a thread, receives the request first."""

    @classmethod
    def check_config(cls, cfg, log):
        super().check_config(cfg, log)
        if cfg.is_ssl:
            raise ConfigError("This worker speaks no TLS: let a proxy do that (deploy/nginx.conf).")

    def init_process(self):
        self.coming = {}  # connections whose request is not complete, the oldest first
        self.leaving = {}  # connections with an answer to send or a refused body to read: {connection: deadline}
        self.running = Counter()  # requests in threads, by lane
        self.waiting = {}  # whole requests in line: {lane: Line}
        self.awake = 0  # requests in threads that do not sleep
        self.ready = deque()  # requests whose turn it is, and who wait for a thread
        self.sleepers = Counter()  # threads that sleep, by namespace
        self.bed = threading.Lock()  # around self.sleepers, which the threads themselves count
        self.lane_limit = max(1, self.cfg.threads // 2)
        self.held_bytes = 0
        self.next_round = 0
        self.accepted = 0  # when the last connection was
        self.method_queue = Calls()
        self.told = 0  # when the master was told that this worker lives
        self.has_master = True
        # a request asks for thirty of these, and each is found by three calls
        vars(self.cfg).update((name, setting.get()) for name, setting in self.cfg.settings.items())
        util.http_date = date_header
        super().init_process()

    # --- receiving ----------------------------------------------------------------------------------
    def accept(self, listener):
        try:
            accepted, address = listener.accept()
        except OSError as error:
            if error.errno in (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM):
                # gthread's worker dies of it; the connection waits in the backlog until others have ended
                self.log.warning("No connection can be accepted: %s", error)
                time.sleep(0.05)
            elif error.errno not in (errno.EAGAIN, errno.ECONNABORTED):
                raise
            return
        now = time.monotonic()
        if now - self.accepted < BURST_SECONDS:
            time.sleep(BURST_SECONDS)  # the other workers take the next ones; one of them alone took all 16 of a client
        self.accepted = now
        self.nr_conns += 1
        self.enqueue_req(Connection(self.cfg, ClientSocket(accepted), address, listener.getsockname()))
        if self.nr_conns >= self.worker_connections:
            self._make_room()

    def enqueue_req(self, conn):
        conn.begin()
        self.coming[conn] = None
        self._receive(conn)

    def on_client_socket_readable(self, conn, client):
        if conn in self.keepalived_conns:
            super().on_client_socket_readable(conn, client)

    def _receive(self, conn, _socket=None):
        if conn not in self.coming:
            return  # it was closed by another event of this round of the loop: see _make_room()
        try:
            data = conn.sock.recv(2**18 if conn.head else 2**14, socket.MSG_DONTWAIT)
        except (BlockingIOError, InterruptedError):
            data = None
        except OSError:
            self._drop(conn)
            return
        if data:
            conn.data += data
            conn.held += len(data)
            self.held_bytes += len(data)
        if self.held_bytes > HELD_BYTES and conn.held > HEAD_BYTES:
            self._refuse(conn, "TooMuchHeld")
        elif conn.has_come() or data == b"" and conn.head:
            self._take_turn(conn)  # where the body ended too early, the service says so
        elif data == b"":
            self._drop(conn)
        elif not conn.head and len(conn.data) > HEAD_BYTES:
            self._refuse(conn, "LimitRequestHeaders")
        elif not conn.registered:
            conn.registered = True
            self.poller.register(conn.sock, EVENT_READ, partial(self._receive, conn))

    def _forget(self, conn):
        del self.coming[conn]
        if conn.registered:
            self.poller.unregister(conn.sock)

    def _let_go(self, conn):
        """Its bytes are not kept any more."""
        self.held_bytes -= conn.held
        conn.held = 0

    def _drop(self, conn):
        self._forget(conn)
        self._let_go(conn)
        self._close(conn)

    def _make_room(self):
        """Every connection is taken, so the largest crowd loses one: the oldest of the slow, the newest in a line."""
        if self.keepalived_conns:
            self.keepalived_conns[0].timeout = 0
            self.murder_keepalived()
            return
        longest = max(self.waiting, key=lambda lane: len(self.waiting[lane]), default=None)
        crowd = max(self.coming, self.leaving, self.waiting.get(longest, ()), key=len)
        if not crowd:
            return
        if crowd is self.coming:
            self._drop(next(iter(crowd)))
        elif crowd is self.leaving:
            conn = next(iter(crowd))
            self._leave(conn)
            self._close(conn)
        else:
            conn = crowd.pop()
            if not crowd:
                del self.waiting[longest]
            self._let_go(conn)
            self._answer(conn, "TooManyInLine")

    # --- turns --------------------------------------------------------------------------------------
    def _take_turn(self, conn):
        self._forget(conn)
        conn.lane, conn.namespace = lane_of(conn.data)
        limit = LOGINS_AT_ONCE if conn.lane == "logins" else 1 if type(conn.lane) is tuple else self.lane_limit
        if conn.lane is None or self.running[conn.lane] < limit:
            self._run(conn)
        else:
            self.waiting.setdefault(conn.lane, Line()).append(conn)

    def get_thread_pool(self):
        return ThreadPoolExecutor(max_workers=self.cfg.threads + SLEEPERS)

    def _run(self, conn):
        self.running[conn.lane] += 1
        self.ready.append(conn)
        self._use_threads()

    def _use_threads(self):
        while self.ready and self.awake < self.cfg.threads:
            self._submit(self.ready.popleft())

    def _submit(self, conn):
        self.awake += 1
        conn.has_turn = True
        conn.sock.asleep = partial(self._asleep, conn)
        conn.init()
        conn.parser.unreader.unread(bytes(conn.data))
        conn.data = b""
        conn.data_ready = True
        conn.sock.answered = False
        conn.sock.more_may_come = not conn.whole
        super().enqueue_req(conn)

    def handle(self, conn):
        """In a thread."""
        again = super().handle(conn)
        if not conn.sock.answered:  # gunicorn's parser would wait for more
            conn.sock.sendall(refused("InvalidRequestLine", conn.client))
        conn.sock.flush()
        return again

    def _keepalive_after(self, conn, keepalive):
        return conn.whole and super()._keepalive_after(conn, keepalive)

    @contextmanager
    def _asleep(self, conn):
        """In a thread that waits for nothing but the time: its turn goes on to others meanwhile."""
        with self.bed:
            may_sleep = self.sleepers[conn.namespace] < SLEEPERS_EACH and self.sleepers.total() < SLEEPERS
            self.sleepers[conn.namespace] += may_sleep
        if not may_sleep:
            yield False
            return
        self.method_queue.defer(self._end_turn, conn)
        try:
            yield True
        finally:
            with self.bed:
                self.sleepers -= Counter([conn.namespace])

    def _end_turn(self, conn):
        if not conn.has_turn:
            return
        conn.has_turn = False
        self.awake -= 1
        self.running[conn.lane] -= 1
        if not self.running[conn.lane]:
            del self.running[conn.lane]
        line = self.waiting.get(conn.lane)
        if line:
            self._run(line.popleft())
            if not line:
                del self.waiting[conn.lane]
        self._use_threads()

    def finish_request(self, conn, fs):
        self._let_go(conn)
        self._end_turn(conn)
        conn.sock.asleep = None
        failure = not fs.cancelled() and fs.exception()
        if failure:  # it must not end the loop
            self.log.error("Error in the server", exc_info=failure)
        again = not failure and not fs.cancelled() and fs.result()
        self._send(conn, partial(super().finish_request, conn, fs) if again else partial(self._end, conn))

    # --- sending ------------------------------------------------------------------------------------
    def _send(self, conn, then):
        """What is left of the answer, as the client takes it."""
        if conn.sock.flush():
            if conn in self.leaving:
                self._leave(conn)
            then()
        elif conn not in self.leaving:
            rest = sum(map(len, conn.sock.unsent))
            if self.held_bytes + rest > HELD_BYTES:
                self._close(conn)
                return
            self._stay(conn, rest, self.cfg.keepalive + rest / BYTES_PER_SECOND)
            self.poller.register(
                conn.sock, EVENT_WRITE, lambda _socket: conn in self.leaving and self._send(conn, then)
            )

    def _end(self, conn):
        """Says that no more comes, and reads on so that the client sees the answer; gthread stops its loop for that."""
        try:
            conn.sock.shutdown(socket.SHUT_WR)
        except OSError:
            self._close(conn)
            return
        self._stay(conn, 0, LINGER_SECONDS)
        self.poller.register(conn.sock, EVENT_READ, partial(self._discard, conn))

    def _discard(self, conn, _socket):
        if conn not in self.leaving:
            return
        try:
            if conn.sock.recv(2**16, socket.MSG_DONTWAIT):
                return
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            pass
        self._leave(conn)
        self._close(conn)

    def _stay(self, conn, held, seconds):
        conn.held = held
        self.held_bytes += held
        self.leaving[conn] = time.monotonic() + seconds

    def _leave(self, conn):
        del self.leaving[conn]
        self.held_bytes -= conn.held
        self.poller.unregister(conn.sock)

    def _close(self, conn):
        self.nr_conns -= 1
        conn.close()

    def notify(self):
        """Tells the master that this worker lives, and looks for it; gthread does both at each event, by system calls."""
        now = time.monotonic()
        if now > self.told + 1:
            self.told = now
            super().notify()
            self.has_master = super().is_parent_alive()

    def is_parent_alive(self):
        return self.has_master

    # --- the ends of patience -----------------------------------------------------------------------
    def murder_pending(self):
        """gunicorn calls this in every round of its loop."""
        now = time.monotonic()
        if now < self.next_round:
            return
        self.next_round = now + 0.25
        for conn in [conn for conn in self.coming if now > conn.deadline]:
            self._refuse(conn, "TooSlow")
        if not self.alive:
            for conn in [conn for conn in self.coming if now > conn.started + STOPPING_SECONDS]:
                self._drop(conn)
        for conn in [conn for conn, deadline in self.leaving.items() if now > deadline]:
            self._leave(conn)
            self._close(conn)

    # --- errors -------------------------------------------------------------------------------------
    def _refuse(self, conn, reason):
        """Answers a request that has not come; who sent nothing gets nothing."""
        if not conn.data:
            self._drop(conn)
            return
        self._forget(conn)
        self._let_go(conn)
        self._answer(conn, reason)

    def _answer(self, conn, reason):
        conn.sock.sendall(refused(reason, conn.client))
        self._send(conn, partial(self._end, conn))

    def handle_error(self, req, client, addr, exc):
        """What gunicorn refuses itself, as a JSON:API error: its own page is HTML, its log line has the query string."""
        is_clients_fault = isinstance(exc, ParseException) and not isinstance(exc, InvalidResponseHeader)
        if not is_clients_fault:
            self.log.exception("Error in the server")
        client.sendall(refused(type(exc).__name__, addr, is_clients_fault))


def date_header(timestamp=None):
    """The value of a header Date."""
    return _date_of(int(time.time() if timestamp is None else timestamp))


@lru_cache(maxsize=2)
def _date_of(second):
    return formatdate(second, usegmt=True)


def refused(reason, address, is_clients_fault=True):
    from jsonapi_course.api.refusals import by_server  # not above: the master must not load what HUP shall load anew

    return by_server(reason, is_clients_fault, address=address[0] if address else "-")


def lane_of(data):
    """(whose turn a request takes, the name of its namespace or None): "logins", that name, or None for what has none.

    The console of a namespace has a turn of its own, one request at a time.

    What verifies or makes a password, by whichever call, has that word in its URL or body.
    """
    found = _NAMESPACE.match(bytes(data[: data.find(b"\r\n")]))
    namespace = found and unquote_to_bytes(found[1]).lower()
    if found and data[found.end() : found.end() + 8] == b"/console":
        return (namespace, "console"), namespace  # it must be possible to end the faults that hold the other threads
    return "logins" if b"password" in data else namespace, namespace
