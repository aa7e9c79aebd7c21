"""How gunicorn runs wsgi:app. HOST, PORT and WORKERS come from the environment."""

import atexit
import ctypes
import gc
import os
import resource
import shutil
import sys
import tempfile
from contextlib import suppress

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
_memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # not on the disk that can fill

bind = f"{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '5000')}"
worker_class = "gunicorn_worker.Worker"  # gthread, in which slow clients hold no thread
workers = int(os.environ.get("WORKERS") or min(4, max(2, os.cpu_count() or 2)))
threads = 8
timeout = 30
graceful_timeout = 20
keepalive = 20
accesslog = None  # its request line would show passwords: the seed's login is ?email=…&password=…
umask = 0o077
os.umask(umask)  # gunicorn's setting is for its own files only: a database would be readable by everybody
forwarder_headers = ""  # the default honours a SCRIPT_NAME header
secure_scheme_headers = {}  # the default believes X-Forwarded-Proto from 127.0.0.1; TRUSTED_PROXIES alone decides
forwarded_allow_ips = (
    "*"  # may set what those two lists name, which is nothing; else each request's address is looked up
)
control_socket_disable = True
preload_app = False  # no open database is carried across a fork
sendfile = False  # it would wait for the client in a thread
worker_tmp_dir = _memory
limit_request_line = 8190
limit_request_fields = 60
limit_request_field_size = 8190

# A connection is a descriptor, an open database three; the system's usual 1024 for a process are few for a class.
_soft, _hard = resource.getrlimit(resource.RLIMIT_NOFILE)
_wanted = 8192 if _hard == resource.RLIM_INFINITY else min(8192, _hard)
if _soft != resource.RLIM_INFINITY and _soft < _wanted:
    resource.setrlimit(resource.RLIMIT_NOFILE, (_wanted, _hard))
    _soft = _wanted
backlog = 2048
worker_connections = 1000 if _soft == resource.RLIM_INFINITY else max(16, min(1000, _soft - 300))

if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:  # where the workers count together
    _folder = os.environ["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp(prefix="jsonapi-course-", dir=_memory)
    _master = os.getpid()
    atexit.register(lambda: os.getpid() == _master and shutil.rmtree(_folder, ignore_errors=True))


with suppress(OSError, AttributeError):  # Linux only
    # A thread that wakes up does not push out the one that has the interpreter's lock: a kept answer takes 15 % less.
    os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))

with suppress(OSError, AttributeError, TypeError):  # glibc only: threads share memory, and what is free goes back
    _libc = ctypes.CDLL(None)  # a worker after long lists and many writes: 194 MiB → 91 MiB
    _libc.mallopt(-8, 2)  # M_ARENA_MAX
    _libc.mallopt(-1, 128 * 1024)  # M_TRIM_THRESHOLD


def when_ready(server):
    print(f"The API sandbox is at http://{bind.replace('0.0.0.0', '127.0.0.1')}/ (stop it with Ctrl-C)", flush=True)


def post_worker_init(worker):
    """What is loaded now stays, so the collector need not look at it again (W3: 79 → 63 ms in the usual stack)."""
    "".encode("idna")  # loaded by Flask's first request, which cannot where no file can be opened
    gc.collect()
    gc.freeze()
