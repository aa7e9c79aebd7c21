"""What asks the servers: wrk, and one client that waits for each answer."""

import http.client
import re
import statistics
import subprocess
import tempfile
import time
from contextlib import contextmanager

from pysqlite3 import dbapi2

IDLE_CPU_SECONDS = 0.02  # of a tenth of a second


def wrk(server, seconds, path=None, script=None):
    """(requests a second, CPU µs a request) under 16 connections."""
    command = ["wrk", "-t1", "-c16", f"-d{seconds}s", "--timeout", "60s"]
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as lua:
        if script:
            lua.write(script)
            lua.flush()
            command += ["-s", lua.name]
        before = server.cpu_seconds()
        output = subprocess.run(
            [*command, f"{server.root}{path or '/'}"], capture_output=True, text=True, check=True
        ).stdout
        used = server.cpu_seconds() - before
    _wait_until_idle(server)
    bad = re.search(r"Non-2xx or 3xx responses: (\d+)", output)
    if bad or "Socket errors" in output:
        raise SystemExit(f"wrk met errors at {path}:\n{output}")
    count = int(re.search(r"(\d+) requests in", output).group(1))
    if not count:
        return wrk(server, 2 * seconds, path, script)  # too slow for a single answer in that time
    return float(re.search(r"Requests/sec:\s+([\d.]+)", output).group(1)), used / count * 1e6


def _wait_until_idle(server):
    """What wrk left unanswered would load the next round."""
    before, now = None, server.cpu_seconds()
    while before is None or now - before > IDLE_CPU_SECONDS:
        time.sleep(0.1)
        before, now = now, server.cpu_seconds()


def reads_of_changed_data(server, seconds, path, database):
    """CPU µs a read, between any two of which another process commits a change of the data, so that none is cached.

    The change goes straight to the file, without fsync: only the reads load the server.
    """
    writer = dbapi2.connect(database, isolation_level=None)
    writer.execute("PRAGMA synchronous = OFF")
    client = http.client.HTTPConnection(server.root.removeprefix("http://"))
    count, before, end = 0, server.cpu_seconds(), time.monotonic() + seconds
    while time.monotonic() < end or count < 20:
        count += 1
        writer.execute("UPDATE modules SET name = ? WHERE id = '500'", [f"Changed {count}"])
        client.request("GET", path)
        answer = client.getresponse()
        answer.read()
        if answer.status != 200:
            raise SystemExit(f"GET {path}: {answer.status}")
    used = server.cpu_seconds() - before
    client.close()
    writer.close()
    return count / seconds, used / count * 1e6


def latencies(server, path, seconds, pause):
    """Seconds that each of a client's requests took, one after the other with a pause between them."""
    client = http.client.HTTPConnection(server.root.removeprefix("http://"))
    found, end = [], time.monotonic() + seconds
    while time.monotonic() < end:
        begun = time.perf_counter()
        client.request("GET", path)
        client.getresponse().read()
        found.append(time.perf_counter() - begun)
        time.sleep(pause)
    client.close()
    return found


def percentile(values, percent):
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1]


@contextmanager
def looping(server, path, connections=4):
    """Inside, a client asks for the same again and again."""
    loop = subprocess.Popen(
        ["wrk", "-t1", f"-c{connections}", "-d600s", f"{server.root}{path}"], stdout=subprocess.DEVNULL
    )
    try:
        yield
    finally:
        loop.terminate()
        loop.wait()
