"""The servers that are measured, each in processes of its own."""

import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parent.parent
# As shipped: every limit is watched, but set where the load of one machine does not reach it.
UNREACHED = {
    "JSONAPI_COURSE_RATE_LIMIT_PER_SECOND": "1000000",
    "JSONAPI_COURSE_RATE_LIMIT_BURST": "1000000",
    "JSONAPI_COURSE_NAMESPACE_MAX_ROWS": "100000000",
    "JSONAPI_COURSE_NAMESPACE_MAX_BYTES": str(2**40),
    "JSONAPI_COURSE_NEW_NAMESPACES_PER_HOUR": "1000000",
}


class Server:
    def __init__(self, process, port):
        self.process = process
        self.root = f"http://127.0.0.1:{port}"

    def pids(self):
        """The processes of the server's own session."""
        found = []
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    fields = (entry / "stat").read_text().rpartition(")")[2].split()
                except OSError:
                    continue
                if int(fields[3]) == self.process.pid:
                    found.append(entry)
        return found

    def cpu_seconds(self):
        ticks = 0
        for entry in self.pids():
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
        return ticks / os.sysconf("SC_CLK_TCK")

    def open_files(self):
        """The most that a worker has."""
        return max(len(list((entry / "fd").iterdir())) for entry in self.pids())

    def memory_mib(self):
        """The largest resident set of a worker."""
        sizes = [
            int(re.search(r"VmRSS:\s+(\d+)", (entry / "status").read_text()).group(1)) / 1024 for entry in self.pids()
        ]
        return max(sizes)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def serving(app, server="gunicorn", **environment):
    port = free_port()
    environment = {**os.environ, "PORT": str(port), "WORKERS": "2", **environment}
    command = {
        "gunicorn": [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py", app],
        "granian": [
            *(sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)),
            *("--workers", "2", "--blocking-threads", "4", "--no-ws", "--log-level", "warning", app),
        ],
    }[server]
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log, start_new_session=True)
        try:
            deadline = time.monotonic() + 30
            while True:
                try:
                    socket.create_connection(("127.0.0.1", port), timeout=1).close()
                    break
                except OSError:
                    if process.poll() is not None or time.monotonic() > deadline:
                        log.seek(0)
                        raise SystemExit(f"{app} did not start:\n{log.read().decode()}") from None
                    time.sleep(0.1)
            time.sleep(1.5)  # both workers
            yield Server(process, port)
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(timeout=30)
