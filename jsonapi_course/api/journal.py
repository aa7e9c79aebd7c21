"""The log, and the numbers behind /metrics. A request costs 3 µs here: its line is written by a thread, in bundles.

structlog's own chain takes 7 µs a line, so it is for everything else: warnings, failures and their traces.
Never in a line: query strings (the seed's login has its password there), bodies, headers, tokens.
"""

import atexit
import logging
import os
import shutil
import threading
import time
from collections import deque
from contextlib import suppress
from contextvars import ContextVar
from functools import lru_cache

import orjson
import structlog
from prometheus_client import CollectorRegistry, Histogram, generate_latest, multiprocess, values
from prometheus_client.core import GaugeMetricFamily

REQUEST_ID = "jsonapi_course.request_id"  # where the request's id is in its environ
answering = ContextVar("answering", default=None)  # the environ of the request that this thread answers
LEVELS = {"debug": 10, "info": 20, "warning": 30, "error": 40}
WRITE_SECONDS = 0.1
KEPT_LINES = 20_000  # that wait to be written; where nobody takes them, the oldest go
METHODS = {"GET", "HEAD", "POST", "PATCH", "PUT", "DELETE", "OPTIONS"}
SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5)


# --- the process ------------------------------------------------------------------------------------
_process = os.getpid()


def process_id():
    """os.getpid() without its system call, of which a request made five."""
    return _process


def _forked():
    global _process
    _process = os.getpid()


os.register_at_fork(after_in_child=_forked)


# --- the log ----------------------------------------------------------------------------------------
class Lines:
    """The lines of requests, which never wait for who takes them: a thread renders and writes what was collected."""

    def __init__(self, descriptor):
        self.descriptor = descriptor
        self.render = None  # (time, level, {name: value}) to bytes
        self.lowest = LEVELS["info"]
        self._waiting = deque(maxlen=KEPT_LINES)
        self._process = None
        self._turn = threading.Lock()
        atexit.register(self.write_now)

    def add(self, level, **words):
        if LEVELS[level] < self.lowest:
            return
        self._waiting.append((time.time(), level, words))
        if self._process != process_id():  # a fork has no threads of its parent
            self._process = process_id()
            threading.Thread(target=self._write_for_ever, name="log", daemon=True).start()

    def write_now(self):
        with self._turn, suppress(OSError):  # a full disk, a reader that is gone: the service goes on
            while self._waiting:
                lines = [self._waiting.popleft() for _ in range(min(len(self._waiting), 500))]
                text = b"".join(self.render(*line) for line in lines)
                while text:
                    text = text[os.write(self.descriptor, text) :]

    def _write_for_ever(self):
        while True:
            time.sleep(WRITE_SECONDS)
            self.write_now()


_lines = Lines(2)


def configure(format_, level):
    """How this process logs: LOG_FORMAT and LOG_LEVEL, for the lines of requests and for those of Python's logging."""
    _lines.render = _request_as_json if format_ == "json" else _request_as_text
    _lines.lowest = LEVELS[level]
    handler = logging.StreamHandler()
    handler.setFormatter(formatter(format_))
    logging.basicConfig(handlers=[handler])
    logging.getLogger("jsonapi_course").setLevel(LEVELS[level])


def _request_as_json(moment, level, words):
    return orjson.dumps({"time": _stamp(moment), "level": level, "event": "request", **words}) + b"\n"


def _request_as_text(moment, level, words):
    told = " ".join([f"{name}={value}" for name, value in words.items()])
    return f"{_stamp(moment)} {level} request {_one_line(told)}\n".encode("utf-8", "backslashreplace")


def formatter(format_):
    """The logging.Formatter for everything that is no request."""
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[structlog.stdlib.add_logger_name, structlog.stdlib.add_log_level, _with_place],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            _as_json if format_ == "json" else _as_text,
        ],
    )


def _with_place(_logger, _method, event):
    """When it was, and the id of the request that is being answered."""
    if environ := answering.get():
        event["id"] = environ[REQUEST_ID]
    return {"time": _stamp(time.time()), **event}


def _as_json(_logger, _method, event):
    return orjson.dumps(event, default=str).decode()


def _as_text(_logger, _method, event):
    trace = event.pop("exception", None)
    words = [event.pop("time"), event.pop("level"), event.pop("logger"), _one_line(event.pop("event"))]
    words += [f"{name}={_one_line(value)}" for name, value in event.items()]
    return " ".join(words) + (f"\n{trace}" if trace else "")


def _one_line(value):
    """Nobody's text begins a line of its own or colours the terminal."""
    text = str(value)
    return text if text.isprintable() else ascii(text)[1:-1]


def _stamp(moment):
    return f"{_second(int(moment))}.{int(moment % 1 * 1000):03d}Z"


@lru_cache(maxsize=2)
def _second(seconds):
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds))


# --- the numbers ------------------------------------------------------------------------------------
_shared = "PROMETHEUS_MULTIPROC_DIR" in os.environ  # gunicorn.conf.py makes that folder, for all workers
if _shared:
    values.ValueClass = values.MultiProcessValue(process_id)
_numbers = CollectorRegistry()
_seconds = Histogram(
    "jsonapi_course_request_seconds",
    "Requests, and how long each took from its last byte to its answer.",
    ["face", "method", "status"],
    buckets=SECONDS,
    registry=None if _shared else _numbers,
)
_seconds_of = lru_cache(maxsize=500)(_seconds.labels)


def metrics(folder):
    """The text of /metrics: the requests of all workers, and the disk below `folder`."""
    registry = _numbers
    if _shared:
        registry = CollectorRegistry()
        multiprocess.MultiProcessCollector(registry)
    return generate_latest(registry) + generate_latest(_Disk(folder))


class _Disk:
    """Collected when asked for; a Gauge would count for each worker."""

    def __init__(self, folder):
        self.folder = folder

    def collect(self):
        with suppress(OSError):
            usage = shutil.disk_usage(self.folder)
            yield GaugeMetricFamily("jsonapi_course_disk_bytes", "Size of the disk with the data.", usage.total)
            yield GaugeMetricFamily("jsonapi_course_disk_free_bytes", "What of it is free.", usage.free)


# --- a request --------------------------------------------------------------------------------------
def address():
    """The address of the client who is being answered, None outside of a request and for an instructor's own."""
    environ = answering.get()
    if environ is None or environ["PATH_INFO"].startswith("/instructor"):
        return None
    return environ.get("REMOTE_ADDR")


def note(face, method, path, status, seconds, request_id, client):
    """What is remembered of an answered request; `status` is its three digits."""
    with suppress(OSError):  # no room for the file of the numbers
        _seconds_of(face, method if method in METHODS else "other", status).observe(seconds)
    level = "error" if status[0] == "5" else "info"
    ms = int(seconds * 10000) / 10
    _lines.add(level, id=request_id, method=method, path=path, status=int(status), ms=ms, client=client)
