"""python -m bench.where: where the microseconds of W1 (kept, and made anew) and of W6 go, inside of one process.

Each stage's own wall time, without that of the stages inside it; medians of many requests.
"""

import json
import statistics
import tempfile
import time
from collections import defaultdict
from functools import wraps
from io import BytesIO

from bench.data import operations
from bench.servers import UNREACHED
from bench.workloads import MEDIA_TYPE, MODULES, ROOMS, SESSIONS_EACH, USERS
from jsonapi_course import create_app
from jsonapi_course.api import exchange, front, journal, jsonapi
from jsonapi_course.api.cache import AnswerCache
from jsonapi_course.api.rates import Rates
from jsonapi_course.api.recording import Recorder
from jsonapi_course.engine import document, json_text, reader, render, writer
from jsonapi_course.namespaces import Namespaces

REQUESTS = 400
STAGES = [  # (owner, name, what it is)
    (front.Front, "__call__", "request id, the answer's own header"),
    (journal, "note", "log line and metrics"),
    (Rates, "take", "rate limit"),
    (Recorder, "__call__", "whether a console watches"),
    (AnswerCache, "__call__", "looking for a kept answer"),
    (Namespaces, "generation", "whether the data changed (PRAGMA data_version)"),
    (jsonapi, "answer", "the way to the endpoint, faults"),
    (jsonapi, "Exchange", "URL, parameters, Prefer"),
    (exchange.Exchange, "negotiate", "Accept and Content-Type"),
    (exchange.Exchange, "document", "reading the body"),
    (json_text, "parse", "strict JSON"),
    (jsonapi, "query_from_args", "parameters to a Query"),
    (document, "load_resource", "shape, pointers, marshmallow"),
    (Namespaces, "read.enter", "opening a read transaction"),
    (Namespaces, "read.exit", "ending it"),
    (Namespaces, "write.enter", "the queue of writers, BEGIN IMMEDIATE"),
    (Namespaces, "write.exit", "quota, COMMIT with its fsync"),
    (writer, "create", "rules, INSERT"),
    (reader, "find_one", "SELECT of the row with its linkage"),
    (render, "primary_data", "rows to bytes"),
    (render, "document", "the document around them"),
    (exchange, "etag_of", "ETag"),
]


class Clock:
    """Gives each moment to the innermost stage that runs."""

    def __init__(self):
        self.spent = defaultdict(float)
        self.running = ["the rest"]
        self.since = time.perf_counter()

    def _turn(self):
        now = time.perf_counter()
        self.spent[self.running[-1]] += now - self.since
        self.since = now

    def begin(self, stage):
        self._turn()
        self.running.append(stage)

    def end(self):
        self._turn()
        self.running.pop()

    def timed(self, function, stage):
        @wraps(function, updated=())
        def run(*arguments, **named):
            self.begin(stage)
            try:
                return function(*arguments, **named)
            finally:
                self.end()

        return run

    def timed_block(self, make, enter, exit_):
        """A function that makes a context manager, its beginning and end as two stages."""
        clock = self

        class Block:
            def __init__(self, *arguments, **named):
                self.block = make(*arguments, **named)

            def __enter__(self):
                return clock.timed(self.block.__enter__, enter)()

            def __exit__(self, *error):
                return clock.timed(self.block.__exit__, exit_)(*error)

        return lambda *arguments, **named: Block(*arguments, **named)


def install(clock):
    says = {(owner, name): what for owner, name, what in STAGES}
    for (owner, name), what in says.items():
        if name in ("read.enter", "write.enter"):
            method = name.partition(".")[0]
            make = getattr(owner, method)
            setattr(owner, method, clock.timed_block(make, what, says[owner, f"{method}.exit"]))
        elif "." not in name:
            setattr(owner, name, clock.timed(getattr(owner, name), what))


def ask(app, method, path, document=None, media_type=MEDIA_TYPE):
    body = json.dumps(document).encode() if document else b""
    path, _, query = path.partition("?")
    environ = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "CONTENT_TYPE": media_type if body else "",
        "CONTENT_LENGTH": str(len(body)),
        "HTTP_HOST": "127.0.0.1:5000",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "5000",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.url_scheme": "http",
        "wsgi.input": BytesIO(body),
    }
    said = []
    answer = b"".join(app(environ, lambda status, headers, error=None: said.append(status)))
    if said[0][0] != "2":
        raise SystemExit(f"{method} {path}: {said[0]} {answer.decode()}")


def table(title, app, clock, request, before=lambda: None):
    times = []
    for _ in range(REQUESTS):
        before()
        clock.begin("the rest")
        clock.spent.clear()
        request()
        clock.end()
        times.append(dict(clock.spent))
    print(f"\n{title}\n\n| stage | µs |\n| --- | --: |")
    medians = {
        stage: statistics.median(spent.get(stage, 0) for spent in times) * 1e6
        for stage in {stage for spent in times for stage in spent}
    }
    for stage in [*(what for _, _, what in STAGES), "the rest"]:
        if medians.get(stage, 0) >= 0.5:
            print(f"| {stage} | {medians[stage]:.0f} |")
    print(f"| **together** | **{sum(medians.values()):.0f}** |")


def main():
    clock = Clock()
    install(clock)
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        settings = {name.removeprefix("JSONAPI_COURSE_"): value for name, value in UNREACHED.items()}
        flask = create_app({**settings, "INSTANCE_PATH": folder, "LOG_LEVEL": "error"})
        app = flask.wsgi_app
        waiting = list(operations(MODULES, SESSIONS_EACH, USERS, ROOMS))
        for start in range(0, len(waiting), 500):
            media_type = f'{MEDIA_TYPE};ext="https://jsonapi.org/ext/atomic"'
            ask(app, "POST", "/api/bench/operations", {"atomic:operations": waiting[start : start + 500]}, media_type)
        numbers = iter(range(10**6))
        attributes = {"code": "C1000", "name": "Module", "semester": "SS18"}
        teacher = {"teacher": {"data": {"type": "users", "id": "1"}}}
        module = {"data": {"type": "modules", "attributes": attributes, "relationships": teacher}}

        def change():
            name = {"data": {"type": "modules", "id": "1", "attributes": {"name": f"Module {next(numbers)}"}}}
            ask(app, "PATCH", "/api/bench/modules/1", name)

        def read():
            ask(app, "GET", "/api/bench/modules/500")

        table("W1, a kept answer", app, clock, read)
        table("W1 after a change of the data", app, clock, read, change)
        table("W6", app, clock, lambda: ask(app, "POST", "/api/bench/modules", module))


if __name__ == "__main__":
    main()
