"""make bench: the service against the usual way and against the limit, in alternating rounds of one run.

Prints a table of ratios (medians) and writes it to bench/results/ as Markdown and SVG. Load comes from wrk.
"""

import argparse
import http.client
import json
import os
import platform
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import ExitStack, contextmanager
from datetime import date
from pathlib import Path

from pysqlite3 import dbapi2

from bench.workloads import (
    MEDIA_TYPE,
    MIX,
    MODULES,
    NAMESPACES,
    READS,
    ROOMS,
    SESSIONS_EACH,
    USERS,
    WRITES,
)

ROOT = Path(__file__).parent.parent
RESULTS = ROOT / "bench" / "results"
SEMESTERS = ("SS18", "WS18/19", "SS19", "WS19/20")
KEYWORDS = ("sql", "http", "css", "rest", "dom")


# --- servers ----------------------------------------------------------------------------------------
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
            *("--workers", "2", "--blocking-threads", "1", "--no-ws", "--log-level", "warning", app),
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


# --- data -------------------------------------------------------------------------------------------
def _post(url, body, media_type=MEDIA_TYPE):
    request = urllib.request.Request(url, json.dumps(body).encode(), {"Content-Type": media_type})
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def _add(type_, attributes, **to_one):
    linkage = {name: {"data": {"type": target, "id": id_}} for name, (target, id_) in to_one.items()}
    return {"op": "add", "data": {"type": type_, "attributes": attributes, "relationships": linkage}}


def operations(modules, sessions_each, users, rooms):
    """The data as atomic operations; ids follow from the order."""
    for index in range(1, users + 1):
        names = {"first-name": f"First {index}", "last-name": f"Last {index}"}
        role = "teacher" if index <= users // 5 or index == 1 else "student"
        yield _add("users", {"email": f"user{index}@example.org", "password": "secret", "role": role, **names})
    for index in range(1, rooms + 1):
        yield _add("rooms", {"name": f"Room {index}", "address": f"Street {index}"})
    for index in range(1, modules + 1):
        attributes = {"code": f"M{index:04}", "name": f"Module {index}", "semester": SEMESTERS[index % 4]}
        yield _add("modules", attributes, teacher=("users", str(1 + index % max(1, users // 5))))
    for index in range(modules * sessions_each):
        attributes = {
            "title": f"Session {index % 80}",
            "date": f"2019-{1 + index % 12:02}-{1 + index % 28:02}T{8 + index % 10:02}:00",
            "keywords": KEYWORDS[index // 80 % 5],
        }
        module, room = str(1 + index // sessions_each), str(1 + index % rooms)
        yield _add("sessions", attributes, module=("modules", module), room=("rooms", room))


def fill(root, namespace, *sizes):
    media_type = f'{MEDIA_TYPE};ext="https://jsonapi.org/ext/atomic"'
    waiting = list(operations(*sizes))
    for start in range(0, len(waiting), 500):
        _post(f"{root}/api/{namespace}/operations", {"atomic:operations": waiting[start : start + 500]}, media_type)


def copy_to_usual(source, target):
    """The same rows in the usual way's tables."""
    os.environ["USUAL_FOLDER"] = str(target.parent)
    from sqlalchemy import create_engine

    from bench.usual import Base

    Base.metadata.create_all(create_engine(f"sqlite:///{target}"))
    connection = dbapi2.connect(target)
    connection.execute("ATTACH ? AS ours", [str(source)])
    for table, columns in {
        "users": "id, email",
        "rooms": "id, name",
        "modules": "id, code, name, semester, teacher_id",
        "sessions": "id, title, date, keywords, module_id, room_id",
    }.items():
        connection.execute(f"INSERT INTO {table} ({columns}) SELECT {columns} FROM ours.{table}")
    connection.commit()
    connection.execute("PRAGMA journal_mode = WAL")
    connection.close()


# --- load -------------------------------------------------------------------------------------------
def wrk(server, seconds, path=None, script=None):
    """(requests a second, CPU µs a request) under 16 connections."""
    command = ["wrk", "-t1", "-c16", f"-d{seconds}s"]
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
    bad = re.search(r"Non-2xx or 3xx responses: (\d+)", output)
    if bad or "Socket errors" in output:
        raise SystemExit(f"wrk met errors at {path}:\n{output}")
    count = int(re.search(r"(\d+) requests in", output).group(1))
    if not count:
        return wrk(server, 2 * seconds, path, script)  # too slow for a single answer in that time
    return float(re.search(r"Requests/sec:\s+([\d.]+)", output).group(1)), used / count * 1e6


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


class Rounds:
    """Medians of alternating rounds: {workload: {server: [(requests a second, CPU µs a request)]}}."""

    def __init__(self, rounds):
        self.rounds = rounds
        self.found = {}

    def run(self, name, **servers):
        """`servers` are name=(function, its arguments …); each is asked once a round, in turns."""
        rows = self.found[name] = {server: [] for server in servers}
        for _ in range(self.rounds):
            for server, (measure, *arguments) in servers.items():
                rows[server].append(measure(*arguments))
        said = {server: f"{self.rate(name, server):.0f}/s {self.cpu(name, server):.0f} µs" for server in servers}
        print(name, said, flush=True)

    def rate(self, workload, server="ours"):
        return statistics.median(rate for rate, _ in self.found[workload][server])

    def cpu(self, workload, server="ours"):
        return statistics.median(cpu for _, cpu in self.found[workload][server])

    def ratio(self, workload, other):
        """The median of the ratios of rounds that ran one after the other: how many times faster than `other`.

        Of requests a second; of CPU where a single client waits for each answer.
        """
        if other not in self.found[workload]:
            return None
        rounds = zip(self.found[workload]["ours"], self.found[workload][other], strict=True)
        if workload.startswith("C "):
            return statistics.median(theirs / ours for (_, ours), (_, theirs) in rounds)
        return statistics.median(ours / theirs for (ours, _), (theirs, _) in rounds)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=3)
    parser.add_argument("--server", choices=("gunicorn", "granian"), default="gunicorn")
    options = parser.parse_args()
    if not shutil.which("wrk"):
        raise SystemExit("wrk makes the load and is not installed: apt-get install wrk, or brew install wrk.")
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-")))
        measured, memory = measure(stack, folder, options)
    write(measured, memory, options)


def measure(stack, folder, options):
    quiet = {"JSONAPI_COURSE_INSTANCE_PATH": str(folder / "instance"), **_unlimited()}
    ours = stack.enter_context(serving("wsgi:app", options.server, **quiet))
    print("filling …", flush=True)
    fill(ours.root, "bench", MODULES, SESSIONS_EACH, USERS, ROOMS)
    fill(ours.root, "n1", 20, 2, 2, 2)
    databases = folder / "instance" / "namespaces"
    for index in range(2, NAMESPACES + 1):
        fill(ours.root, f"n{index}", 20, 2, 2, 2)
    usual_folder = folder / "usual"
    usual_folder.mkdir()
    for name in ["bench", *(f"n{index}" for index in range(1, NAMESPACES + 1))]:
        copy_to_usual(databases / f"{name}.sqlite3", usual_folder / f"{name}.sqlite3")
    documents = folder / "documents"
    documents.mkdir()
    for workload in READS:
        with urllib.request.urlopen(f"{ours.root}/api/bench{workload.path}") as answer:
            (documents / f"{workload.name}.json").write_bytes(answer.read())
    usual = stack.enter_context(serving("bench.usual:app", USUAL_FOLDER=str(usual_folder)))
    limit = stack.enter_context(serving("bench.limit:app", LIMIT_FOLDER=str(documents)))
    rounds, seconds = Rounds(options.rounds), options.seconds
    for workload in READS:
        path, fixed = f"/api/bench{workload.path}", f"/api/bench/{workload.name}"
        servers = {"ours": (ours, path), "usual": (usual, path), "limit": (limit, fixed)}
        rounds.run(workload.name, **{name: (wrk, server, seconds, path) for name, (server, path) in servers.items()})
    for workload in [*WRITES, MIX]:
        servers = {"ours": ours, "usual": usual}
        rounds.run(
            workload.name, **{name: (wrk, server, seconds, None, workload.script) for name, server in servers.items()}
        )
    for workload in READS:
        path, fixed = f"/api/bench{workload.path}", f"/api/bench/{workload.name}"
        file = databases / "bench.sqlite3"
        rounds.run(
            f"C {workload.name}",
            ours=(reads_of_changed_data, ours, seconds, path, file),
            usual=(reads_of_changed_data, usual, seconds, path, usual_folder / "bench.sqlite3"),
            limit=(reads_of_changed_data, limit, seconds, fixed, file),
        )
    return rounds, {"ours": ours.memory_mib(), "usual": usual.memory_mib(), "limit": limit.memory_mib()}


def _unlimited():
    """The load is one client's; limits a namespace would refuse it."""
    return {
        "JSONAPI_COURSE_RATE_LIMIT_PER_SECOND": "0",
        "JSONAPI_COURSE_NAMESPACE_MAX_ROWS": "100000000",
        "JSONAPI_COURSE_NAMESPACE_MAX_BYTES": str(2**40),
        "JSONAPI_COURSE_NEW_NAMESPACES_PER_HOUR": "0",
    }


# --- results ----------------------------------------------------------------------------------------
TARGETS = {  # workload: (against the usual way, against the limit)
    "W1": (6, 0.9),
    "W2": (15, 0.9),
    "W3": (150, 0.8),
    "W4": (8, 0.9),
    "W5": (6, 0.9),
    "W6": (3, None),
    "W7": (3, None),
    "W8": (5, None),
    "C W1": (3, 0.5),
    "C W2": (3, 0.5),
    "C W3": (3, None),
    "C W4": (3, None),
    "C W5": (3, None),
}


def rows_of(rounds):
    """[(workload, against the usual way, its target, against the limit, its target, requests/s, CPU µs)]."""
    return [
        (
            name,
            rounds.ratio(name, "usual"),
            usual,
            rounds.ratio(name, "limit"),
            limit,
            rounds.rate(name),
            rounds.cpu(name),
        )
        for name, (usual, limit) in TARGETS.items()
    ]


def write(rounds, memory, options):
    rows = rows_of(rounds)
    lines = [
        f"# {date.today()}, {options.server}, {os.cpu_count()} cores, Python {platform.python_version()}",
        "",
        f"Medians of {options.rounds} alternating rounds of {options.seconds} s, wrk with 16 connections, 2 workers each. "
        "C is one client's reads, each after a change by another process; its ratios are of the server's CPU.",
        "",
        "| | × the usual way | target | × the limit | target | requests/s | CPU µs |",
        "| --- | --: | --: | --: | --: | --: | --: |",
    ]
    for name, usual, usual_target, limit, limit_target, rate, cpu in rows:
        lines.append(
            f"| {name} | {usual:.1f} | {usual_target} | {'' if limit is None else f'{limit:.2f}'} | "
            f"{limit_target or ''} | {rate:.0f} | {cpu:.0f} |"
        )
    lines += ["", "Largest worker, MiB: " + ", ".join(f"{name} {size:.0f}" for name, size in memory.items()), ""]
    print("\n".join(lines))
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{options.server}.md").write_text("\n".join(lines))
    plot(rows, RESULTS / f"{options.server}.svg", options)


def plot(rows, path, options):
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams["svg.hashsalt"] = "bench"
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(9, 4))
    names = [row[0] for row in rows]
    axes.bar(names, [row[1] for row in rows], label="reached")
    axes.plot(names, [row[2] for row in rows], "_", color="black", markersize=18, label="target")
    axes.set_yscale("log")
    axes.set_ylabel("times the usual way")
    axes.set_title(f"The service on {options.server} against ORM objects and marshmallow-jsonapi dumps")
    axes.tick_params(axis="x", rotation=45)
    axes.legend()
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None})


if __name__ == "__main__":
    main()
