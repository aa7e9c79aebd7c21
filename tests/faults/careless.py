"""The service without one of its safeguards, each an application for gunicorn: the controls of these tests."""

import io
import threading
from contextlib import contextmanager

from jsonapi_course import create_app
from jsonapi_course.namespaces import sqlite

WRITTEN_SECONDS = 0.5  # after it was answered


def answers_first():
    """Answers a POST, and writes afterwards."""
    app = create_app()

    def service(environ, start_response):
        if environ["REQUEST_METHOD"] != "POST":
            return app(environ, start_response)
        body = environ["wsgi.input"].read()
        trial = {**environ, "QUERY_STRING": "dryRun=true", "wsgi.input": io.BytesIO(body)}
        write = {**environ, "wsgi.input": io.BytesIO(body)}
        threading.Timer(WRITTEN_SECONDS, lambda: list(app(write, lambda *_: None))).start()
        return app(trial, lambda _status, headers, _failure=None: start_response("201 CREATED", headers))

    return service


def never_syncs():
    connect = sqlite.Namespaces._connect

    def hasty(target, kept=True):
        handle = connect(target, kept)
        handle.execute("PRAGMA synchronous = OFF")
        return handle

    sqlite.Namespaces._connect = staticmethod(hasty)
    return create_app()


def impatient():
    """A safeguard more, to compare with the next one: whoever meets a locked database is told at once."""
    sqlite.BUSY_TIMEOUT_SECONDS = 0
    return create_app()


def impatient_without_the_queue():
    @contextmanager
    def no_queue(_self, _id, exclusive=True):
        yield

    app = impatient()
    sqlite.Namespaces._queue = no_queue
    return app


def replaces_in_two_steps():
    """Empties a namespace in a transaction of its own."""
    empty = sqlite.Namespaces._empty

    def in_two_steps(self, session):
        empty(self, session)
        session.connection.execute("COMMIT")
        session.connection.execute("BEGIN IMMEDIATE")
        self.defer_foreign_keys(session)

    sqlite.Namespaces._empty = in_two_steps
    return create_app()


def trusts_its_handles():
    """Does not look whether a database that it has open is still the one in its place."""
    sqlite._Handle.is_on = lambda _handle, _status: True
    return create_app()


def translates_nothing():
    """Leaves the errors of SQLite and of the system as they are."""

    @contextmanager
    def as_they_are(_self, _id=None):
        yield

    sqlite.Namespaces._translated = as_they_are
    return impatient()
