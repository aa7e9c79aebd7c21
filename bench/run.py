"""make bench: the service against the usual way and against the limit, in alternating rounds of one run.

Prints a table of ratios (medians) and writes it to bench/results/ as Markdown and SVG. Load comes from wrk.
"""

import argparse
import os
import platform
import shutil
import statistics
import tempfile
import urllib.request
from contextlib import ExitStack
from datetime import date
from pathlib import Path

from bench import scale
from bench.data import copy_to_usual, fill
from bench.load import reads_of_changed_data, wrk
from bench.servers import ROOT, UNREACHED, serving
from bench.workloads import MIX, MODULES, NAMESPACES, READS, ROOMS, SESSIONS_EACH, USERS, WRITES

RESULTS = ROOT / "bench" / "results"


# --- rounds -----------------------------------------------------------------------------------------
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
    parser.add_argument("--seconds", type=int, default=2)
    parser.add_argument("--server", choices=("gunicorn", "granian"), default="gunicorn")
    parser.add_argument("--name", help="of the files in bench/results/, that of the server unless given")
    options = parser.parse_args()
    if not shutil.which("wrk"):
        raise SystemExit("wrk makes the load and is not installed: apt-get install wrk, or brew install wrk.")
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-")))
        measured, memory = measure(stack, folder, options)
    write(measured, memory, scale.measure(options.server, options.seconds), options)


def measure(stack, folder, options):
    settings = {**UNREACHED, "JSONAPI_COURSE_INSTANCE_PATH": str(folder / "instance")}
    ours = stack.enter_context(serving("wsgi:app", options.server, **settings))
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
    for workload in READS:
        path, fixed = f"/api/bench{workload.path}", f"/api/bench/{workload.name}"
        file = databases / "bench.sqlite3"
        rounds.run(
            f"C {workload.name}",
            ours=(reads_of_changed_data, ours, seconds, path, file),
            usual=(reads_of_changed_data, usual, seconds, path, usual_folder / "bench.sqlite3"),
            limit=(reads_of_changed_data, limit, seconds, fixed, file),
        )
    for workload in [*WRITES, MIX]:  # last, as they make thousands of modules
        servers = {"ours": ours, "usual": usual}
        rounds.run(
            workload.name, **{name: (wrk, server, seconds, None, workload.script) for name, server in servers.items()}
        )
    return rounds, {"ours": ours.memory_mib(), "usual": usual.memory_mib(), "limit": limit.memory_mib()}


# --- results ----------------------------------------------------------------------------------------
WITH_GRANIAN = 2.5  # times the target of kept reads against the usual way
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


def rows_of(rounds, server):
    """[(workload, against the usual way, its target, against the limit, its target, requests/s, CPU µs)]."""
    kept = [workload.name for workload in READS] if server == "granian" else []
    return [
        (
            name,
            rounds.ratio(name, "usual"),
            usual * WITH_GRANIAN if name in kept else usual,
            rounds.ratio(name, "limit"),
            limit,
            rounds.rate(name),
            rounds.cpu(name),
        )
        for name, (usual, limit) in TARGETS.items()
    ]


def write(rounds, memory, scales, options):
    rows = rows_of(rounds, options.server)
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
    lines += ["", "Largest worker, MiB: " + ", ".join(f"{name} {size:.0f}" for name, size in memory.items())]
    lines += ["", "One worker, as it grows:", "", "| | reached | target |", "| --- | --: | --- |"]
    lines += [f"| {what} | {reached} | {target} |" for what, reached, target in scales]
    lines.append("")
    print("\n".join(lines))
    RESULTS.mkdir(exist_ok=True)
    name = options.name or options.server
    (RESULTS / f"{name}.md").write_text("\n".join(lines))
    plot(rows, RESULTS / f"{name}.svg", options)


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
