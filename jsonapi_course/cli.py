"""The command line jsonapi-course: the namespaces of a class at once, backups and fixtures.

It works on the files in INSTANCE_PATH through the same functions as the service, so a server may run or not.
"""

import functools
import logging
import os
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import click
import orjson
from rich.console import Console
from rich.progress import track

from . import create_app
from .api import bulk, fixtures
from .api.namespace_admin import count_all, import_in
from .config import InvalidSetting
from .engine import json_text, portable
from .engine.document import ID
from .engine.findings import Findings
from .errors import Fault

FEW = 5  # more ids than these have a progress bar
SUFFIX = ".sqlite3"
DAY_SECONDS = 86400
_FOLDER = click.Path(file_okay=False, path_type=Path)


def open_service():
    """The Service of the settings in the environment. Raises click.UsageError for a value that cannot be."""
    try:
        app = create_app({"LOG_LEVEL": "error"})
    except InvalidSetting as error:
        raise click.UsageError(str(error)) from error
    logging.getLogger(__package__).setLevel(logging.CRITICAL)  # what fails is told per id
    return app.extensions["jsonapi_course"]


# --- which namespaces -------------------------------------------------------------------------------
def ids_in_roster(path):
    """The ids in a class list, as they stand there. Raises click.UsageError."""
    try:
        return bulk.ids_in_roster(Path(path).read_bytes().decode(errors="replace"))
    except bulk.CannotDo as error:
        raise click.UsageError(f"{path} {error}") from error


def checked_ids(texts):
    """The namespaces that they name, each once, in their order. Raises click.UsageError with all that cannot be."""
    found, wrong = bulk.sort_ids(texts)
    if wrong:
        raise click.UsageError("\n".join([*wrong, "Nothing was done."]))
    return found


def namespaces_command(group, name=None, destroys=False, all_by_default=False):
    """Decorates the function of a command over namespaces: it is called with a Job, then with its own parameters."""

    def decorate(function):
        @functools.wraps(function)
        def run(ids, roster, all_, as_json, dry_run, yes=False, **own):
            if all_ and (ids or roster):
                raise click.UsageError("--all is every namespace: give no ids and no --roster with it.")
            listed = [*ids, *(ids_in_roster(roster) if roster else [])]
            if roster and not listed:
                raise click.UsageError(f"{roster} has no ids.")
            if not listed and not all_ and not all_by_default:
                raise click.UsageError("Which namespaces? Give ids, --roster FILE.csv or --all.")
            chosen = checked_ids(listed) if listed else None
            function(Job(open_service(), chosen, as_json, dry_run, yes), **own)

        options = [
            click.argument("ids", nargs=-1, metavar="[YOUR_ID]..."),
            click.option(
                "--roster",
                type=click.Path(exists=True, dir_okay=False),
                metavar="FILE.csv",
                help="A class list: one id a line, or a column named id.",
            ),
            click.option("--all", "all_", is_flag=True, help="Every namespace that anybody wrote to."),
            click.option("--json", "as_json", is_flag=True, help="Print the results as JSON, for scripts."),
            click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing."),
        ]
        if destroys:
            options.append(click.option("--yes", is_flag=True, help="Do not ask."))
        own_options = run.__dict__.pop("__click_params__", [])  # click's list has the last one first
        for option in options:
            run = option(run)
        run.__click_params__ += own_options  # DIR before the ids
        return group.command(name)(run)

    return decorate


# --- doing it ---------------------------------------------------------------------------------------
class Job:
    """The namespaces that a command is about, and how it tells what came of each. `ids` None: all there are."""

    def __init__(self, service, ids, as_json, dry_run, yes):
        self.service = service
        self.namespaces = service.namespaces
        self.chosen = ids
        self.as_json = as_json
        self.dry_run = dry_run
        self.yes = yes

    @property
    def ids(self):
        return self.namespaces.ids() if self.chosen is None else self.chosen

    def confirm(self, verb, ids=None):
        """Asks before what `verb` says is done to namespaces that hold something. Raises click.Abort."""
        held = [id_ for id_ in ids or self.ids if os.path.lexists(self.namespaces.path(id_))]
        if held and not self.yes and not self.dry_run:
            which = held[0] if len(held) == 1 else f"{len(held)} namespaces, {held[0]} to {held[-1]}"
            click.confirm(f"{verb} {which}?", abort=True, err=True)

    def write(self, id_, **more):
        """A write transaction that a dry run does not keep."""
        return self.namespaces.write(id_, keep=not self.dry_run, **more)

    def run(self, doing, work, ids=None, show=None):
        """Carries out `work(id)` → (result, facts) for each, tells all, and exits with 1 where one failed.

        A result is a participle ("reset"), or None where there was nothing to do, which `facts["reason"]` says.
        `show(entries)` prints those that went well in another way than a line each.
        """
        ids = self.ids if ids is None else ids
        entries = []
        try:
            for id_ in _with_progress(ids, doing):
                entries.append(self.attempt(id_, work))
        finally:  # Ctrl-C, too: what was done is told
            self.tell(entries, show)
        if any(not entry["ok"] for entry in entries):
            sys.exit(1)

    def attempt(self, id_, work):
        entry = bulk.attempt(id_, work)
        return entry | {"dryRun": True} if entry["ok"] and self.dry_run else entry

    def tell(self, entries, show=None):
        if self.as_json:
            click.echo(orjson.dumps(entries, option=orjson.OPT_INDENT_2))
            return
        well = [entry for entry in entries if entry["ok"]]
        if show:
            show(well)
        else:
            for entry in well:
                would = "would be " if self.dry_run else ""
                said = f"{would}{entry['result']}" if entry["result"] else entry["reason"]
                click.echo(f"{entry['id']}: {said}")
        failed = [entry for entry in entries if not entry["ok"]]
        for entry in failed:
            first, *others = entry["errors"]
            more = f" (and {len(others)} more)" if others else ""
            click.echo(f"{entry['id']}: failed: {first}{more}", err=True)
        if failed and len(entries) > 1:
            click.echo(f"{len(failed)} of {len(entries)} failed.", err=True)


def _with_progress(ids, doing):
    console = Console(stderr=True)
    if len(ids) <= FEW or not console.is_terminal:
        return ids
    return track(ids, description=doing, console=console)


def _moment(seconds):
    return None if seconds is None else datetime.fromtimestamp(int(seconds), UTC).isoformat().replace("+00:00", "Z")


def _print_table(header, rows):
    """Columns of their widest cell, the first to the left and the others to the right."""
    rows = [header, *([str(cell) for cell in row] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for first, *others in rows:
        cells = [first.ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(others, widths[1:], strict=True))]
        click.echo("  ".join(cells).rstrip())


def _write_whole(path, content):
    """Writes a file whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".draft-", delete=False) as draft:
        try:
            draft.write(content)
            draft.flush()
            os.fsync(draft.fileno())
            os.replace(draft.name, path)
        except BaseException:
            os.unlink(draft.name)
            raise


# --- the commands -----------------------------------------------------------------------------------
@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main():
    """The API sandbox from the command line, beside a running server or without one.

    It works in the folder that JSONAPI_COURSE_INSTANCE_PATH names (instance, if it names none).
    Exit codes: 0, 1 where something failed, 2 where the command cannot be understood.
    """


@main.group()
def namespaces():
    """The namespaces of students: one, a class, or all."""


@namespaces_command(namespaces, "list", all_by_default=True)
def list_(job):
    """Which there are, how much they hold and when they changed last."""

    def work(id_):
        with job.namespaces.read(id_) as session:
            size = {"rows": job.namespaces.rows(session), "bytes": job.namespaces.bytes(session)}
        return None, {**size, "changed": _moment(job.namespaces.changed_at(id_))}

    def show(entries):
        rows = [[entry["id"], entry["rows"], entry["bytes"], entry["changed"] or "never"] for entry in entries]
        _print_table(["id", "rows", "bytes", "changed"], rows)

    job.run("Reading", work, show=show)


@namespaces_command(namespaces)
def show(job):
    """What they hold: how many of each type, snapshots, size and quota."""
    limits = job.namespaces.limits

    def work(id_):
        with job.namespaces.read(id_) as session:
            return None, {
                "changed": _moment(job.namespaces.changed_at(id_)),
                "counts": count_all(job.service, session),
                "size": {"rows": job.namespaces.rows(session), "bytes": job.namespaces.bytes(session)},
                "quota": {"rows": limits.max_rows, "bytes": limits.max_bytes},
                "snapshots": job.namespaces.snapshots(session),
            }

    def show(entries):
        for entry in entries:
            size, quota = entry["size"], entry["quota"]
            click.echo(
                f"{entry['id']}: {size['rows']} of {quota['rows']} rows, {size['bytes']} of {quota['bytes']} bytes"
            )
            click.echo(f"  changed: {entry['changed'] or 'never'}")
            for type_, count in entry["counts"].items():
                if count:
                    click.echo(f"  {type_}: {count}")
            for snapshot in entry["snapshots"]:
                click.echo(f"  snapshot {snapshot['name']} of {snapshot['created-at']}")

    job.run("Reading", work, show=show)


@namespaces_command(namespaces)
def create(job):
    """Makes their databases now rather than at the first write."""
    job.run("Creating", lambda id_: bulk.create(job.service, id_, keep=not job.dry_run))


@namespaces_command(namespaces, destroys=True)
def reset(job):
    """Empties them, as reset-db does; undo-reset brings back what was there."""
    job.confirm("Reset")
    job.run("Resetting", lambda id_: bulk.reset(job.service, id_, keep=not job.dry_run))


@namespaces_command(namespaces, destroys=True)
@click.option("--fixture", default="demo", show_default=True, metavar="NAME", help="One of the service or of yours.")
def seed(job, fixture):
    """Resets them and loads a fixture, as reset-db?seed=NAME does."""
    _load_fixture(job, fixture)  # so that a wrong one is said before anything is asked or reset
    job.confirm(f"Replace by the fixture {fixture} what is in")
    job.run("Seeding", lambda id_: bulk.reset(job.service, id_, fixture, keep=not job.dry_run))


def _load_fixture(job, name):
    try:
        return fixtures.load_fixture(job.service, name)
    except Fault as fault:
        raise click.UsageError(fault.detail) from fault


@namespaces_command(namespaces)
@click.option("--to", "folder", type=_FOLDER, metavar="DIR", help="Write DIR/<your_id>.json for each.")
def export(job, folder):
    """Everything in them as a document, without passwords: one to the screen, any number to --to DIR."""
    if folder is None:
        if len(job.ids) != 1:
            raise click.UsageError("Several exports need a folder: --to DIR.")
        [id_] = job.ids
        entry = job.attempt(id_, lambda id_: ("exported", {"document": bulk.export(job.service, id_)}))
        if not entry["ok"]:
            job.tell([entry])
            sys.exit(1)
        click.echo(entry["document"])
        return

    def work(id_):
        content = bulk.export(job.service, id_)
        path = folder / f"{id_}.json"
        if not job.dry_run:
            _write_whole(path, content + b"\n")
        return "exported", {"file": str(path), "bytes": len(content) + 1}

    job.run("Exporting", work)


@namespaces_command(namespaces, "import", destroys=True)
@click.option(
    "--from",
    "source",
    type=click.Path(exists=True, path_type=Path),
    required=True,
    metavar="FILE|DIR",
    help="One document for each of them, or DIR/<your_id>.json; --all are then those that have a file there.",
)
def import_(job, source):
    """Puts documents as export gives them in the place of what they hold, whole or not at all."""
    ids = job.ids
    if source.is_dir() and job.chosen is None:
        ids = checked_ids(sorted(path.stem for path in source.glob("*.json")))

    def work(id_):
        path = source / f"{id_}.json" if source.is_dir() else source
        if not path.is_file():
            raise bulk.CannotDo(f"There is no {path}.")
        document = json_text.parse(path.read_bytes())
        if isinstance(document, dict) and isinstance(document.get("data"), list):
            job.namespaces.check_room_for(len(document["data"]))
        found = portable.load(job.service.registry, document, Findings())
        with job.write(id_) as session:
            import_in(job.service, session, found, Findings())
            return "imported", {"counts": count_all(job.service, session)}

    job.confirm("Replace what is in", ids)
    job.run("Importing", work, ids)


@namespaces_command(namespaces, destroys=True)
def delete(job):
    """Removes them with their snapshots; nothing brings them back but a backup. The ids can be used again."""
    job.confirm("Delete")
    job.run("Deleting", lambda id_: bulk.delete(job.service, id_, keep=not job.dry_run))


@namespaces_command(namespaces, destroys=True)
@click.option("--days", type=click.IntRange(min=1), default=180, show_default=True, help="Not changed for so long.")
def prune(job, days):
    """Deletes those of them that nobody wrote to for a while."""
    before = time.time() - days * DAY_SECONDS

    def is_old(id_):
        changed = job.namespaces.changed_at(id_)
        return changed is not None and changed < before

    old = [id_ for id_ in job.ids if is_old(id_)]
    if old:
        job.confirm(f"Delete, as nobody wrote to it for {days} days,", old)

    def work(id_):
        changed = _moment(job.namespaces.changed_at(id_))
        deleted = is_old(id_) if job.dry_run else job.namespaces.delete(id_, unless_changed_since=before)
        if deleted:
            return "deleted", {"changed": changed}
        return None, {"reason": f"stays, changed {changed}" if changed else "was not there", "changed": changed}

    job.run("Pruning", work)


@namespaces_command(namespaces)
@click.option("--upgrade", is_flag=True, help="Bring those of an earlier version of the service to this one.")
def check(job, upgrade):
    """Whether their databases are sound, and of this version of the service."""

    def work(id_):
        condition = job.namespaces.condition(id_)
        if condition == "damaged":
            raise bulk.CannotDo("The database is damaged; reset puts it into quarantine and makes an empty one.")
        if condition == "newer":
            raise bulk.CannotDo("The database was written by a newer version of the service; it is left as it is.")
        if condition == "older" and upgrade:
            if not job.dry_run:
                job.namespaces.upgrade(id_)
            return "upgraded", {"condition": condition if job.dry_run else job.namespaces.condition(id_)}
        reasons = {
            "sound": "sound",
            "new": "nobody wrote to it yet",
            "older": "of an earlier version; it is upgraded when it is first used, or by --upgrade",
        }
        return None, {"condition": condition, "reason": reasons[condition]}

    job.run("Checking", work)


# --- backups ----------------------------------------------------------------------------------------
@namespaces_command(main, all_by_default=True)
@click.argument("folder", type=_FOLDER, metavar="DIR")
def backup(job, folder):
    """Copies databases to DIR, a new folder, each as it is at one moment; all of them, if no ids are given."""
    if folder.is_dir() and any(folder.iterdir()):
        raise click.UsageError(f"{folder} is not empty: name a new folder.")
    if not job.dry_run:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def work(id_):
        if not job.namespaces.exists(id_):
            return None, {"reason": "was not there"}
        path = folder / f"{id_}{SUFFIX}"
        if job.dry_run:
            return "backed up", {"file": str(path)}
        job.namespaces.back_up(id_, os.path.abspath(path))
        return "backed up", {"file": str(path), "bytes": path.stat().st_size}

    job.run("Backing up", work)


@namespaces_command(main, destroys=True, all_by_default=True)
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path), metavar="DIR")
def restore(job, folder):
    """Puts databases from DIR back; all that are there, if no ids are given. Others stay as they are.

    Snapshots become those of the backup; undo-reset brings back what else was replaced.
    """
    ids = job.chosen
    if ids is None:
        ids = checked_ids(sorted(path.name.removesuffix(SUFFIX) for path in folder.glob(f"*{SUFFIX}")))
        if not ids:
            raise click.UsageError(f"{folder} has no backups, which are named <your_id>{SUFFIX}.")
    job.confirm("Replace by the backup what is in", ids)

    def work(id_):
        path = folder / f"{id_}{SUFFIX}"
        if not path.is_file():
            raise bulk.CannotDo(f"There is no {path}.")
        content = job.namespaces.load_backup(str(path))
        if not job.dry_run:
            job.namespaces.mend(id_)
        with job.write(id_, limited=False) as session:
            job.namespaces.restore_backup(session, content, count_all(job.service, session))
            return "restored", {"counts": count_all(job.service, session)}

    job.run("Restoring", work, ids)


# --- fixtures ---------------------------------------------------------------------------------------
@main.group()
def fixture():
    """Example data of your own, which reset-db?seed=NAME loads."""


@fixture.command("from")
@click.argument("your_id")
@click.option("--name", metavar="NAME", help="Its name; the id, if none is given.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON, for scripts.")
@click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def fixture_from(your_id, name, as_json, dry_run, yes):
    """Writes what is in a namespace to fixtures/NAME.json in the instance folder, without passwords."""
    [id_] = checked_ids([your_id])
    name = name or id_
    if not ID.fullmatch(name):
        raise click.UsageError(
            f"'{name}' cannot be the name of a fixture: it has 1 to 64 of the characters A-Z a-z 0-9 - _ . "
            "and begins with a letter or digit."
        )
    job = Job(open_service(), [id_], as_json, dry_run, yes)
    path = Path(job.service.settings["INSTANCE_PATH"]) / "fixtures" / f"{name}.json"
    if path.exists() and not yes and not dry_run:
        click.confirm(f"Replace the fixture {name}?", abort=True, err=True)

    def work(id_):
        if not job.namespaces.exists(id_):
            raise bulk.CannotDo("Nobody wrote to this namespace yet, so there is nothing to make a fixture of.")
        content = bulk.export(job.service, id_)
        if not dry_run:
            _write_whole(path, content + b"\n")
        return f"written to {path}", {"fixture": name}

    job.run("Writing", work)


if __name__ == "__main__":
    main()
