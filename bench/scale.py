"""How the service is with many namespaces, long lists, and one namespace in a loop. Every figure is of one worker."""

import http.client
import statistics
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.data import fill
from bench.load import latencies, looping, percentile, reads_of_changed_data
from bench.servers import UNREACHED, serving
from bench.workloads import MODULES, ROOMS, SESSIONS_EACH, USERS

FEW, TOUCHED = 500, 2000  # both more than a worker has open
SIZES = (125, 250, 500, 1000)


def measure(server="gunicorn", seconds=3):
    """[(what, reached, target)]"""
    with TemporaryDirectory(prefix="bench-") as folder:
        instance = Path(folder) / "instance"
        settings = {"JSONAPI_COURSE_INSTANCE_PATH": str(instance), "WORKERS": "1"}
        with serving("wsgi:app", server, **{**UNREACHED, **settings}) as ours:
            few = _touch(ours, range(FEW))
            many = _touch(ours, range(FEW, TOUCHED))
            rows = [
                (f"memory with {TOUCHED} namespaces, MiB", f"{ours.memory_mib():.0f}", "< 150"),
                (f"open files with {TOUCHED} namespaces", str(ours.open_files()), "< 300"),
                ("a first read among many namespaces, times that among few", f"{many / few:.2f}", "does not grow"),
            ]
            fill(ours.root, "bench", MODULES, SESSIONS_EACH, USERS, ROOMS)
            for size in SIZES:
                path = f"/api/bench/modules?page[size]={size}&page[number]=1"
                _, cpu = reads_of_changed_data(ours, seconds, path, instance / "namespaces" / "bench.sqlite3")
                rows.append((f"a list of {size}, CPU µs a resource", f"{cpu / size:.1f}", "grows linearly"))
            rows.append(_beside_a_loop(ours, seconds, "no rate limit", "", pause=0.002))
        with serving("wsgi:app", server, **settings) as ours:
            rows.append(_beside_a_loop(ours, 3 * seconds, "as shipped", "< 5", pause=0.015))
        return rows


def _beside_a_loop(server, seconds, says, target, pause):
    """The p99 of another namespace; `pause` keeps that below its own rate limit."""
    quiet = percentile(latencies(server, "/api/t1/rooms", seconds, pause), 99)
    with looping(server, "/api/bench/modules"):
        beside = percentile(latencies(server, "/api/t1/rooms", 2 * seconds, pause), 99)
    what = f"p99 beside a loop over W3 ({says}), times {quiet * 1000:.1f} ms without"
    return what, f"{beside / quiet:.1f}", target


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
