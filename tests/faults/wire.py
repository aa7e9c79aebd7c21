"""Clients that misbehave, and what the server's processes look like from outside."""

import fcntl
import http.client
import json
import os
import re
import resource
import socket
import threading
import time
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

from ..client import MEDIA_TYPE, Answer

LONG = os.environ.get("LONG") == "1"


def connect(server, receive_bytes=None):
    address = urlsplit(server.root)
    connection = socket.socket()
    if receive_bytes:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
    connection.settimeout(30)
    connection.connect((address.hostname, address.port))
    return connection


def head(method="GET", path="/api/s1/rooms", *headers):
    return "\r\n".join([f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", *headers, "", ""]).encode("latin-1")


def room(name, namespace="s1", *headers):
    """The bytes of a request that makes a room."""
    body = json.dumps({"data": {"type": "rooms", "attributes": {"name": name, "address": "Street"}}}).encode()
    headers = (f"Content-Type: {MEDIA_TYPE}", f"Content-Length: {len(body)}", *headers)
    return head("POST", f"/api/{namespace}/rooms", *headers) + body


def read_answer(connection, method="GET"):
    with closing(http.client.HTTPResponse(connection, method=method)) as response:
        response.begin()
        return Answer(response.status, response.headers, response.read())


def ask(server, data, method="GET"):
    """The answer to these very bytes."""
    with connect(server) as connection:
        connection.sendall(data)
        return read_answer(connection, method)


@contextmanager
def stalled(server, data, count, receive_bytes=None):
    """`count` connections that have sent `data` and then neither send nor read."""
    connections = [connect(server, receive_bytes) for _ in range(count)]
    try:
        for connection in connections:
            connection.sendall(data)
        yield connections
    finally:
        for connection in connections:
            connection.close()


def is_open(connection):
    """Whether the server has not ended the connection."""
    connection.setblocking(False)
    try:
        return connection.recv(1, socket.MSG_PEEK) != b""
    except BlockingIOError:
        return True
    except OSError:
        return False


def is_answered(server):
    """Whether the server has a thread for a request, within three seconds."""
    with connect(server) as connection:
        connection.settimeout(3)
        connection.sendall(head())
        try:
            return connection.recv(1) != b""
        except TimeoutError:
            return False


@contextmanager
def meanwhile(*calls):
    """Runs each call in a thread; yields the list of their results, which grows. All have ended afterwards."""
    results, lock = [], threading.Lock()

    def run(call):
        result = call()
        with lock:
            results.append(result)

    threads = [threading.Thread(target=run, args=(call,), daemon=True) for call in calls]
    for thread in threads:
        thread.start()
    yield results
    for thread in threads:
        thread.join(timeout=120)
    assert len(results) == len(calls)


def until(check, seconds=30):
    """Waits for what comes in its own time; the last value of check()."""
    deadline = time.monotonic() + seconds
    while not (value := check()) and time.monotonic() < deadline:
        time.sleep(0.02)
    return value


@contextmanager
def writers_held(folder, namespace):
    """Holds the lock for which the writers of a namespace stand in line; yields the call that lets them go."""
    with (folder / "instance" / "namespaces" / f"{namespace}.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield lambda: fcntl.flock(lock, fcntl.LOCK_UN)


def writers_in_line(server):
    """How many threads of the workers wait for a lock, as Linux tells."""
    lines = [line.split() for line in Path("/proc/locks").read_text().splitlines()]
    return sum(words[1] == "->" and int(words[5]) in workers(server) for words in lines)


def workers(server):
    """The ids of the worker processes."""
    return [int(id_) for id_ in re.findall(r"Booting worker with pid: (\d+)", server.log)]


@contextmanager
def limited(server, kind, limit):
    """A limit of the operating system for each worker: limit(pid) of resource.RLIMIT_FSIZE or _NOFILE."""
    before = {pid: resource.prlimit(pid, kind) for pid in workers(server)}
    try:
        for pid, (_, hard) in before.items():
            resource.prlimit(pid, kind, (limit(pid), hard))
        yield
    finally:
        for pid, both in before.items():
            with suppress(ProcessLookupError):
                resource.prlimit(pid, kind, both)


def no_more_descriptors(pid):
    """The limit under which the process can open nothing more: the lowest number that is free."""
    taken = {int(path.name) for path in Path(f"/proc/{pid}/fd").iterdir()}
    return min(set(range(len(taken) + 1)) - taken)
