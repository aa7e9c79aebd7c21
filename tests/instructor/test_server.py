"""The instructor's pages of a real gunicorn with two workers: activity of both, one that is killed, the log."""

import http.client
import os
import re
import signal
import sqlite3
import time
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest

from ..conftest import running_server
from .conftest import ROOM, TOKEN, results_on


class Visitor:
    """Asks over connections of its own, which any worker may take; keeps its cookie."""

    def __init__(self, server):
        self.address = urlsplit(server.root).netloc
        self.cookie = self.form_token = None

    def ask(self, method, path, **form):
        """(status, headers, body); `form` is posted with the form token of the session."""
        connection = http.client.HTTPConnection(self.address, timeout=60)
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        if self.cookie:
            headers["Cookie"] = self.cookie
        if self.form_token:
            form["form_token"] = self.form_token
        try:
            connection.request(method, path, urlencode(form) if method == "POST" else None, headers)
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()
        finally:
            connection.close()

    def sign_in(self):
        _, headers, _ = self.ask("POST", "/instructor/sign-in", token=TOKEN)
        self.cookie = headers["Set-Cookie"].partition(";")[0]
        self.form_token = re.search('name="form_token" value="([^"]+)"', self.text("/instructor"))[1]
        return self

    def text(self, path):
        return self.ask("GET", path)[2].decode()

    def requests_of(self, id_):
        """What the page of a namespace says that was asked in 24 hours."""
        return int(re.search(r"<dt>Requests</dt><dd>(\d+)", self.text(f"/instructor/namespaces/{id_}"))[1])


@pytest.fixture
def server(tmp_path):
    with running_server(tmp_path, INSTRUCTOR_TOKEN=TOKEN) as running:
        yield running


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    """A server for the tests that leave it as it was."""
    with running_server(tmp_path_factory.mktemp("shared"), INSTRUCTOR_TOKEN=TOKEN, LOG_LEVEL="debug") as running:
        yield running


def workers_of(server):
    pid = server.process.pid
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def until(expected, find):
    """Waits, for 30 s at most, until find() is what is expected."""
    deadline = time.monotonic() + 30
    while (found := find()) != expected:
        assert time.monotonic() < deadline, f"{found}, not {expected}"
        time.sleep(0.1)


def asked_of(server, id_, times):
    """Each on a connection of its own: both workers get some."""
    for _ in range(times):
        assert server.client(id_).get("/rooms").status == 200


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="the workers are found in /proc, which Linux has")
def test_activity_is_right_across_workers_after_one_is_killed_and_after_the_end(server, tmp_path):
    server.client("s1").create("rooms", ROOM)
    asked_of(server, "s1", 39)
    visitor = Visitor(server).sign_in()
    until(40, lambda: visitor.requests_of("s1"))
    victim = workers_of(server)[0]
    os.kill(victim, signal.SIGKILL)
    until(True, lambda: victim not in workers_of(server) and len(workers_of(server)) == 2)
    asked_of(server, "s1", 20)
    until(60, lambda: visitor.requests_of("s1"))
    asked_of(server, "s1", 10)
    server.process.terminate()  # what was not written yet is written now
    server.process.wait(30)
    with sqlite3.connect(tmp_path / "instance" / "activity.sqlite3") as database:
        assert database.execute("SELECT sum(requests) FROM activity").fetchone() == (70,)


def test_attempts_are_limited_across_workers_and_a_session_is_everywhere(server):
    visitor, stranger = Visitor(server).sign_in(), Visitor(server)
    tried = [stranger.ask("POST", "/instructor/sign-in", token="wrong")[0] for _ in range(12)]
    assert tried[:9] == [403] * 9 and tried[-1] == 429
    assert all("Sign out" in visitor.text("/instructor") for _ in range(10))
    visitor.ask("POST", "/instructor/sign-out")
    assert not any("Sign out" in visitor.text("/instructor") for _ in range(10))


def test_token_and_cookie_are_in_no_line_of_the_log_and_no_answer(shared):
    visitor = Visitor(shared)
    said = [visitor.ask("POST", "/instructor/sign-in", token=TOKEN + "x")]
    visitor.sign_in()
    said.append(visitor.ask("GET", f"/instructor?token={TOKEN}"))
    said.append(visitor.ask("POST", "/instructor/run", action="create", ids="s1"))
    said.append(visitor.ask("POST", "/instructor/sign-out"))
    until(1, lambda: shared.log.count("path=/instructor/sign-out"))
    secrets = [TOKEN, visitor.cookie.partition("=")[2], visitor.form_token]
    assert [secret for secret in secrets if secret in shared.log] == []
    assert [body for _, headers, body in said if TOKEN.encode() in body or TOKEN in str(headers)] == []


def test_a_class_is_seeded_and_exported_over_http(shared):
    visitor = Visitor(shared).sign_in()
    ids = [f"s{number}" for number in range(1, 6)]
    _, _, body = visitor.ask("POST", "/instructor/run", action="seed", fixture="demo", ids="\n".join(ids))
    assert results_on(body.decode()) == dict.fromkeys(ids, "seeded")
    status, headers, body = visitor.ask("POST", "/instructor/export", ids="\n".join(ids))
    assert (status, headers["Content-Type"], headers["Transfer-Encoding"]) == (200, "application/zip", "chunked")
    assert body[:4] == b"PK\3\4" and body.count(b"PK\1\2") == len(ids)
