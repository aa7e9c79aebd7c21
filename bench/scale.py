"""How the service is with many namespaces, long lists, and one namespace in a loop. Every figure is of one worker."""

import http.client
import statistics
import time
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.data import fill
from bench.load import latencies, looping, percentile, reads_of_changed_data
from bench.servers import UNREACHED, serving
from bench.workloads import MODULES, ROOMS, SESSIONS_EACH, USERS

TOUCHED = 2000
SIZES = (125, 250, 500, 1000)


def measure(server="gunicorn", seconds=3):
    """[(what, reached, target)]"""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="bench-")))
        settings = {**UNREACHED, "JSONAPI_COURSE_INSTANCE_PATH": str(folder / "instance"), "WORKERS": "1"}
        ours = stack.enter_context(serving("wsgi:app", server, **settings))
        few = _touch(ours, range(100))
        many = _touch(ours, range(100, TOUCHED))
        rows = [
            (f"memory with {TOUCHED} namespaces, MiB", f"{ours.memory_mib():.0f}", "< 150"),
            (f"open files with {TOUCHED} namespaces", str(ours.open_files()), "< 300"),
            ("a first read among many namespaces, times that among few", f"{many / few:.2f}", "does not grow"),
        ]
        fill(ours.root, "bench", MODULES, SESSIONS_EACH, USERS, ROOMS)
        database = folder / "instance" / "namespaces" / "bench.sqlite3"
        for size in SIZES:
            path = f"/api/bench/modules?page[size]={size}&page[number]=1"
            _, cpu = reads_of_changed_data(ours, seconds, path, database)
            rows.append((f"a list of {size}, CPU µs a resource", f"{cpu / size:.1f}", "grows linearly"))
        quiet = percentile(latencies(ours, "/api/t1/rooms", seconds), 99)
        with looping(ours, "/api/bench/modules"):
            beside = percentile(latencies(ours, "/api/t1/rooms", 2 * seconds), 99)
        rows.append((f"p99 beside a loop over W3, times {quiet * 1000:.1f} ms without", f"{beside / quiet:.1f}", "< 5"))
        return rows


def _touch(server, numbers):
    """Makes namespaces with one room each; the median seconds of the first reads of them."""
    for number in numbers:
        fill(server.root, f"t{number}", 0, 0, 0, 1)
    client = http.client.HTTPConnection(server.root.removeprefix("http://"))
    seconds = []
    for number in numbers:
        begun = time.perf_counter()
        client.request("GET", f"/api/t{number}/rooms/1")
        client.getresponse().read()
        seconds.append(time.perf_counter() - begun)
    client.close()
    return statistics.median(seconds)
