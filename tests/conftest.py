"""Fixtures: an app on a fresh instance folder, a client of a namespace, a real gunicorn server, toy types."""

import gc
import os
import random
import re
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from jsonapi_course import create_app

from .client import Client, in_process, over_http
from .toys import load_toys

ROOT = Path(__file__).parent.parent
gc.set_threshold(100_000, 50, 50)  # what thousands of apps leave is looked through less often: a tenth of the time
UNLIMITED = {"RATE_LIMIT_PER_SECOND": "0"}  # tests ask faster than students do
os.environ |= {"JSONAPI_COURSE_RATE_LIMIT_PER_SECOND": "0", "JSONAPI_COURSE_LOG_LEVEL": "warning"}  # in this process


@pytest.fixture
def make_app(tmp_path):
    """make_app(STRICT="1") → an app whose databases live in the test's own folder."""

    made = []

    def make(load_registry=None, **settings):
        more = {"load_registry": load_registry} if load_registry else {}
        made.append(create_app({"INSTANCE_PATH": str(tmp_path / "instance"), **settings}, **more))
        return made[-1]

    yield make
    for app in made:
        app.extensions["jsonapi_course"].namespaces.close()  # thousands of tests have a thousand descriptors


@pytest.fixture
def app(make_app):
    return make_app()


@pytest.fixture
def client(app):
    """A client of an empty namespace with the course's types."""
    return Client(in_process(app))


@pytest.fixture
def toys(make_app):
    """A client of an empty namespace with the toy types of tests/toys.py."""
    return Client(in_process(make_app(load_toys)))


def free_port():
    """One that the system gives to no outgoing connection, as those are higher, before its server takes it."""
    while True:
        port = random.randrange(20000, 30000)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


class Server:
    """A running gunicorn; `root` is its URL, `log` its output so far."""

    def __init__(self, process, root, log_path):
        self.process = process
        self.root = root
        self.log_path = log_path

    def client(self, namespace="s1"):
        return Client(over_http(self.root), namespace)

    @property
    def log(self):
        return self.log_path.read_text()


@contextmanager
def running_server(folder, workers=2, app="wsgi:app", **settings):
    """A gunicorn of this checkout on a free port, with its instance folder in `folder`."""
    port = free_port()
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("JSONAPI_COURSE_")},
        "PORT": str(port),
        "WORKERS": str(workers),
        "JSONAPI_COURSE_INSTANCE_PATH": str(folder / "instance"),
        **{f"JSONAPI_COURSE_{name}": value for name, value in {**UNLIMITED, **settings}.items()},
    }
    log_path = folder / f"server-{port}.log"
    with open(log_path, "wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", app],
            cwd=ROOT,
            env=environment,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    server = Server(process, f"http://127.0.0.1:{port}", log_path)
    try:
        deadline = time.monotonic() + 30
        while len(re.findall("Booting worker", server.log)) < workers:
            assert process.poll() is None and time.monotonic() < deadline, server.log
            time.sleep(0.05)
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                assert time.monotonic() < deadline, server.log
                time.sleep(0.05)
        yield server
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
            try:
                process.wait(timeout=25)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


@pytest.fixture
def server(tmp_path):
    with running_server(tmp_path) as running:
        yield running
