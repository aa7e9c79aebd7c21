"""contract: operations, the command line: in this process on real files, and beside a running gunicorn."""

import json
import os
import sqlite3
import threading
import time
from configparser import ConfigParser

import pytest
from click.testing import CliRunner

from jsonapi_course import cli
from tests.client import Client, in_process

from .conftest import ROOT, running_server
from .namespaces.files import files_below

ROOM = {"name": "Room", "address": "Street"}
COMMANDS = ["list", "show", "create", "reset", "seed", "export", "import", "delete", "prune", "check"]


@pytest.fixture
def instance(tmp_path):
    return tmp_path / "instance"


@pytest.fixture
def call(tmp_path, instance, monkeypatch):
    """call("namespaces", "list") → the result of the command line, run in the test's own folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("JSONAPI_COURSE_INSTANCE_PATH", str(instance))

    def call(*arguments, answer=None):
        result = CliRunner().invoke(cli.main, [str(argument) for argument in arguments], input=answer)
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return call


@pytest.fixture
def done(call):
    """done(…) → what it printed; it must have gone well."""

    def done(*arguments, **more):
        result = call(*arguments, **more)
        assert (result.exit_code, result.stderr) == (0, ""), result.output
        return result.stdout

    return done


@pytest.fixture
def results(call):
    """results(…) → (exit code, entries) of a command with --json."""

    def results(*arguments):
        result = call(*arguments, "--json")
        return result.exit_code, json.loads(result.stdout)

    return results


@pytest.fixture
def student(app):
    """student("s1") → a client of the namespace, through the app."""
    return lambda id_: Client(in_process(app), id_)


def rooms(client):
    return [(item["id"], item["attributes"]["name"]) for item in client.get("/rooms").data]


def with_room(client, name="Room"):
    client.create("rooms", {**ROOM, "name": name})
    return client


def databases(instance):
    return sorted(path.name for path in (instance / "namespaces").glob("*.sqlite3"))


def damage(instance, id_):
    for path in (instance / "namespaces").glob(f"{id_}.sqlite3-*"):
        path.unlink()
    (instance / "namespaces" / f"{id_}.sqlite3").write_bytes(b"no database " * 1000)


# --- which namespaces --------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "content, ids",
    [
        ("s1\ns2\n", ["s1", "s2"]),
        ("\n s1 \n\nS2\ns1\n", ["s1", "s2"]),
        ("id\ns1\ns2\n", ["s1", "s2"]),
        ("name,id\nAda,s1\n\nBen,s2\nCem,\n", ["s1", "s2"]),
        ('\ufeffName;ID;Mail\nMüller;s1;a@example.org\n"Ben; B.";s2;\n', ["s1", "s2"]),
        ("ID\tname\r\ns1\tAda\r\ns2\tBen\r\n", ["s1", "s2"]),
    ],
)
def test_a_roster_has_an_id_a_line_or_a_column_named_id(tmp_path, content, ids):
    (tmp_path / "class.csv").write_text(content, newline="")
    assert cli.checked_ids(cli.ids_in_roster(tmp_path / "class.csv")) == ids


def test_names_in_another_encoding_do_not_matter(tmp_path):
    (tmp_path / "class.csv").write_bytes("name;id\nMüller;s1\n".encode("latin-1"))
    assert cli.ids_in_roster(tmp_path / "class.csv") == ["s1"]


def test_ids_and_a_roster_are_taken_together_each_id_once(done, tmp_path):
    (tmp_path / "class.csv").write_text("s2\ns1\n")
    assert done("namespaces", "create", "S1", "--roster", "class.csv") == "s1: created\ns2: created\n"


@pytest.mark.parametrize("name", COMMANDS[1:])
def test_a_command_without_ids_is_a_usage_error_that_says_how_to_give_them(call, name):
    more = {"import": ("--from", ".")}.get(name, ())
    result = call("namespaces", name, *more)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "Which namespaces? Give ids, --roster FILE.csv or --all." in result.stderr


@pytest.mark.parametrize(
    "arguments, said",
    [
        (["create", "s1", "no id", "YOUR_ID"], "'no id' cannot be a namespace id: it has 1 to 64"),
        (["create", "s1", "no id", "YOUR_ID"], "YOUR_ID stands for your own id"),
        (["create", "--all", "s1"], "--all is every namespace: give no ids and no --roster with it."),
        (["create", "--roster", "nobody.csv"], "'nobody.csv' does not exist"),
        (["create", "--roster", "empty.csv"], "empty.csv has no ids."),
        (["create", "--roster", "columns.csv"], "columns.csv has several columns, and none of them is named id."),
        (["create", "--rooster", "class.csv"], "No such option"),
        (["seed", "s1", "--fixture", "dmeo"], "There is no fixture 'dmeo'; did you mean 'demo'?"),
        (["export", "s1", "s2"], "Several exports need a folder: --to DIR."),
        (["prune", "--all", "--days", "0"], "0 is not in the range"),
    ],
)
def test_a_usage_error_is_said_with_exit_code_2_and_nothing_is_done(call, tmp_path, instance, arguments, said):
    (tmp_path / "empty.csv").write_text("\n")
    (tmp_path / "columns.csv").write_text("s1,Ada\ns2,Ben\n")
    result = call("namespaces", *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert said in result.stderr
    assert databases(instance) == []


def test_a_setting_that_cannot_be_is_a_usage_error(call, monkeypatch):
    monkeypatch.setenv("JSONAPI_COURSE_MAX_NAMESPACES", "many")
    result = call("namespaces", "list")
    assert result.exit_code == 2
    assert "JSONAPI_COURSE_MAX_NAMESPACES=many cannot be: it is a whole number from 1" in result.stderr


# --- asking, dry runs, failures ----------------------------------------------------------------------
DESTROYING = {
    "reset": ["namespaces", "reset"],
    "seed": ["namespaces", "seed"],
    "import": ["namespaces", "import", "--from", "empty.json"],
    "delete": ["namespaces", "delete"],
    "prune": ["namespaces", "prune", "--days", "1"],
    "restore": ["restore", "backup"],
}


@pytest.fixture
def destroyable(student, done, tmp_path, instance):
    """s1 with a room, long ago; a document and a backup that would take its place."""
    (tmp_path / "empty.json").write_text(
        '{"data": [], "meta": {"format": "jsonapi-course/1", "counters": {"rooms": 0}}}'
    )
    done("namespaces", "create", "s1")
    done("backup", "backup")
    client = with_room(student("s1"))
    for path in (instance / "namespaces").glob("s1.*"):
        os.utime(path, (0, 0))
    return client


@pytest.mark.parametrize("arguments", DESTROYING.values(), ids=DESTROYING)
@pytest.mark.parametrize("answer", ["n\n", ""], ids=["no", "nobody-answers"])
def test_a_destroying_command_asks_and_without_a_yes_does_nothing(call, destroyable, arguments, answer):
    result = call(*arguments, "s1", answer=answer)
    assert (result.exit_code, result.stdout) == (1, "")
    assert " s1? [y/N]: " in result.stderr
    assert rooms(destroyable) == [("1", "Room")]


@pytest.mark.parametrize("arguments", DESTROYING.values(), ids=DESTROYING)
def test_a_dry_run_asks_nothing_says_what_would_be_done_and_does_nothing(done, destroyable, arguments):
    assert done(*arguments, "s1", "--dry-run").startswith("s1: would be ")
    assert rooms(destroyable) == [("1", "Room")]
    assert destroyable.post("/undo-reset").status == 409


@pytest.mark.parametrize("arguments", DESTROYING.values(), ids=DESTROYING)
def test_a_yes_carries_it_out(call, destroyable, arguments):
    result = call(*arguments, "s1", answer="y\n")
    assert result.exit_code == 0, result.output
    assert ("1", "Room") not in rooms(destroyable)


def test_many_are_asked_about_at_once(call, done):
    done("namespaces", "create", "s1", "s2", "s3")
    assert "Delete 3 namespaces, s1 to s3? [y/N]: " in call("namespaces", "delete", "--all", answer="n\n").stderr


def test_a_dry_run_makes_no_files(done, tmp_path, student, instance):
    with_room(student("s1"))
    before = set(files_below(tmp_path))
    assert done("namespaces", "create", "s2", "--dry-run") == "s2: would be created\n"
    assert done("namespaces", "export", "s1", "--to", "out", "--dry-run") == "s1: would be exported\n"
    assert done("backup", "copy", "--dry-run") == "s1: would be backed up\n"
    assert done("fixture", "from", "s1", "--dry-run") == f"s1: would be written to {instance}/fixtures/s1.json\n"
    made = {path for path in set(files_below(tmp_path)) - before if not path.endswith(("-wal", "-shm", ".lock"))}
    assert made == set()


def test_what_fails_is_told_per_id_and_the_others_are_carried_out(call, student, instance):
    for id_ in ("s1", "s2", "s3"):
        with_room(student(id_))
    damage(instance, "s2")
    result = call("namespaces", "show", "--all")
    assert result.exit_code == 1
    assert [line.partition(":")[0] for line in result.stdout.splitlines() if line[0] != " "] == ["s1", "s3"]
    first, last = result.stderr.splitlines()
    assert first.startswith("s2: failed: The database of this namespace is damaged: POST /api/s2/reset-db")
    assert last == "1 of 3 failed."


def test_for_scripts_there_is_an_entry_for_each_id_in_their_order(results, student, instance):
    with_room(student("s1"))
    with_room(student("s2"))
    damage(instance, "s1")
    code, [first, second] = results("namespaces", "check", "s1", "s2")
    assert code == 1
    assert first == {
        "id": "s1",
        "ok": False,
        "errors": ["The database is damaged; reset puts it into quarantine and makes an empty one."],
    }
    assert second == {"id": "s2", "ok": True, "result": None, "condition": "sound", "reason": "sound"}


def test_a_mistake_of_the_program_in_one_namespace_does_not_stop_those_after_it(call, monkeypatch, done):
    done("namespaces", "create", "s1", "s2")
    sound = cli.count_all
    asked = []

    def once_wrong(service, session):
        asked.append(session)
        if len(asked) == 1:
            raise ZeroDivisionError("of the test")
        return sound(service, session)

    monkeypatch.setattr(cli, "count_all", once_wrong)
    result = call("namespaces", "show", "s1", "s2")
    assert result.exit_code == 1
    assert result.stdout.startswith("s2: 0 of 20000 rows")
    assert result.stderr == "s1: failed: ZeroDivisionError: of the test\n1 of 2 failed.\n"


@pytest.mark.parametrize("count, terminal, shown", [(6, True, True), (5, True, False), (6, False, False)])
def test_more_than_a_few_have_a_progress_bar_on_a_terminal(call, monkeypatch, count, terminal, shown):
    monkeypatch.setenv("TTY_COMPATIBLE", "1" if terminal else "0")
    result = call("namespaces", "create", *(f"s{number}" for number in range(count)))
    assert result.exit_code == 0
    assert result.stdout == "".join(f"s{number}: created\n" for number in range(count))
    assert ("Creating" in result.stderr and "100%" in result.stderr) is shown
    assert shown or result.stderr == ""


# --- list, show, create ------------------------------------------------------------------------------
def test_the_list_has_all_namespaces_with_their_rows_bytes_and_last_change(done, results, student):
    with_room(student("s1"))
    student("s2").post("/reset-db")
    code, entries = results("namespaces", "list")
    assert (code, [(entry["id"], entry["rows"]) for entry in entries]) == (0, [("s1", 1), ("s2", 0)])
    header, *lines = [line.split() for line in done("namespaces", "list").splitlines()]
    assert header == ["id", "rows", "bytes", "changed"]
    assert lines == [[str(entry[name]) for name in header] for entry in entries]


def test_listing_an_id_that_nobody_used_makes_nothing(results, instance):
    code, [entry] = results("namespaces", "list", "s1")
    assert (code, entry["rows"], entry["bytes"], entry["changed"]) == (0, 0, 0, None)
    assert databases(instance) == []


def test_show_has_what_the_namespace_s_own_document_has(results, done, student):
    client = with_room(student("s1"))
    client.post("/snapshots?name=before")
    code, [entry] = results("namespaces", "show", "s1")
    meta = client.get("").json["meta"]
    assert code == 0
    assert entry["counts"] == {type_: item["count"] for type_, item in meta["types"].items()}
    assert (entry["size"], entry["quota"]) == (meta["size"], meta["quota"])
    assert entry["snapshots"] == client.get("/snapshots").json["meta"]["snapshots"]
    shown = done("namespaces", "show", "s1")
    assert "\n  rooms: 1\n" in shown and "\n  snapshot before of " in shown


def test_create_makes_what_is_not_there_and_keeps_what_is(done, student, instance):
    client = with_room(student("s1"))
    assert done("namespaces", "create", "s1", "s2") == "s1: was there already\ns2: created\n"
    assert databases(instance) == ["s1.sqlite3", "s2.sqlite3"]
    assert rooms(client) == [("1", "Room")]


def test_create_keeps_to_the_number_of_namespaces_that_there_may_be(call, monkeypatch, instance):
    monkeypatch.setenv("JSONAPI_COURSE_MAX_NAMESPACES", "1")
    result = call("namespaces", "create", "s1", "s2")
    assert (result.exit_code, result.stdout) == (1, "s1: created\n")
    assert "s2: failed: The service has 1 namespaces and may have 1 (MAX_NAMESPACES)" in result.stderr
    assert databases(instance) == ["s1.sqlite3"]


# --- reset, seed, export, import ---------------------------------------------------------------------
def test_reset_empties_those_named_and_undo_brings_it_back(done, student):
    first, second = with_room(student("s1")), with_room(student("s2"))
    assert done("namespaces", "reset", "s1", "--yes") == "s1: reset\n"
    assert (rooms(first), rooms(second)) == ([], [("1", "Room")])
    assert first.post("/undo-reset").status == 200
    assert rooms(first) == [("1", "Room")]


def test_reset_mends_a_damaged_database(done, student, instance):
    client = with_room(student("s1"))
    damage(instance, "s1")
    assert done("namespaces", "reset", "s1", "--yes") == "s1: reset\n"
    assert client.create("rooms", ROOM)["id"] == "1"


def test_seed_gives_each_what_a_reset_with_the_fixture_gives(results, student):
    expected = student("s0").post("/reset-db?seed=demo").json["meta"]["counts"]
    code, entries = results("namespaces", "seed", "s1", "s2", "--yes")
    assert (code, [(entry["id"], entry["result"], entry["counts"]) for entry in entries]) == (
        0,
        [("s1", "seeded", expected), ("s2", "seeded", expected)],
    )
    ids = [student(id_).create("rooms", ROOM)["id"] for id_ in ("s0", "s1", "s2")]
    assert len(set(ids)) == 1


def test_an_export_of_one_goes_to_the_screen_and_has_the_state(done, student):
    client = with_room(student("s1"))
    document, expected = json.loads(done("namespaces", "export", "s1")), client.get("/export").json
    assert (document["data"], document["meta"]) == (expected["data"], expected["meta"])


def test_exports_of_a_class_can_be_imported_again(done, student, tmp_path):
    clients = {id_: with_room(student(id_), f"Room of {id_}") for id_ in ("s1", "s2")}
    assert done("namespaces", "export", "--all", "--to", "out") == "s1: exported\ns2: exported\n"
    assert files_below(tmp_path / "out") == ["s1.json", "s2.json"]
    done("namespaces", "delete", "--all", "--yes")
    assert done("namespaces", "import", "--all", "--from", "out") == "s1: imported\ns2: imported\n"
    assert {id_: rooms(client) for id_, client in clients.items()} == {
        "s1": [("1", "Room of s1")],
        "s2": [("1", "Room of s2")],
    }


def test_one_document_can_be_imported_by_many(done, student):
    with_room(student("s0"))
    done("namespaces", "export", "s0", "--to", "out")
    done("namespaces", "import", "s1", "s2", "--from", "out/s0.json", "--yes")
    for id_ in ("s1", "s2"):
        assert rooms(student(id_)) == [("1", "Room")]
        assert student(id_).create("rooms", ROOM)["id"] == "2"


def test_an_import_that_is_wrong_says_where_and_replaces_nothing(call, student, tmp_path):
    client = with_room(student("s1"))
    tmp_path.joinpath("wrong.json").write_text(
        '{"data": [{"type": "rooms", "id": "5", "attributes": {"name": "", "address": "Street"}}], '
        '"meta": {"format": "jsonapi-course/1"}}'
    )
    result = call("namespaces", "import", "s1", "--from", "wrong.json", "--yes")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("s1: failed: /data/0/attributes/name: ")
    assert rooms(client) == [("1", "Room")]


def test_an_import_from_a_folder_fails_for_those_who_have_no_file_there(call, tmp_path):
    (tmp_path / "out").mkdir()
    result = call("namespaces", "import", "s1", "--from", "out")
    assert (result.exit_code, result.stderr) == (1, "s1: failed: There is no out/s1.json.\n")


# --- delete, prune, check ----------------------------------------------------------------------------
def test_delete_removes_a_namespace_whose_id_begins_anew(done, student, instance):
    client = with_room(with_room(student("s1")))
    client.post("/snapshots?name=before")
    assert done("namespaces", "delete", "s1", "s2", "--yes") == "s1: deleted\ns2: was not there\n"
    assert [path for path in files_below(instance) if "s1." in path] == ["namespaces/s1.lock"]
    assert rooms(client) == []
    assert client.get("/snapshots").json["meta"]["snapshots"] == []
    assert client.create("rooms", ROOM)["id"] == "1"


def test_a_damaged_database_can_be_deleted(done, student, instance):
    with_room(student("s1"))
    damage(instance, "s1")
    assert done("namespaces", "delete", "s1", "--yes") == "s1: deleted\n"
    assert databases(instance) == []


def test_prune_deletes_what_nobody_wrote_to_for_so_many_days(results, destroyable, student, instance):
    with_room(student("s2"))
    code, entries = results("namespaces", "prune", "--all", "--days", "30", "--yes")
    assert (code, [(entry["id"], entry["result"]) for entry in entries]) == (0, [("s1", "deleted"), ("s2", None)])
    assert databases(instance) == ["s2.sqlite3"]


def test_prune_looks_again_before_it_deletes(app, destroyable):
    namespaces = app.extensions["jsonapi_course"].namespaces
    with_room(destroyable)  # after prune has seen that it is old, before it comes to it
    assert namespaces.delete("s1", unless_changed_since=1) is False
    assert len(rooms(destroyable)) == 2


def test_check_tells_older_and_newer_databases_and_upgrades_on_request(call, done, student, app, instance):
    older, newer = with_room(student("s1")), with_room(student("s2"))
    app.extensions["jsonapi_course"].namespaces.close()
    for id_, version in (("s1", 1), ("s2", 99)):
        connection = sqlite3.connect(instance / "namespaces" / f"{id_}.sqlite3")
        if version == 1:
            connection.execute("DROP TABLE copies")
        connection.execute(f"PRAGMA user_version = {version}")
        connection.close()
    result = call("namespaces", "check", "s1", "s2", "s3")
    assert (result.exit_code, result.stdout, result.stderr) == (
        1,
        "s1: of an earlier version; it is upgraded when it is first used, or by --upgrade\ns3: nobody wrote to it yet\n",
        "s2: failed: The database was written by a newer version of the service; it is left as it is.\n1 of 3 failed.\n",
    )
    assert done("namespaces", "check", "s1", "--upgrade", "--dry-run") == "s1: would be upgraded\n"
    assert done("namespaces", "check", "s1", "--upgrade") == "s1: upgraded\n"
    assert done("namespaces", "check", "s1", "--upgrade") == "s1: sound\n"
    assert rooms(older) == [("1", "Room")]
    assert newer.get("/rooms").errors[0]["code"] == "newer-database"


# --- backup and restore ------------------------------------------------------------------------------
def test_a_backup_is_a_sound_database_of_one_file_for_each(done, student, tmp_path):
    with_room(student("s1"))
    with_room(student("s2"))
    assert done("backup", "copy") == "s1: backed up\ns2: backed up\n"
    assert files_below(tmp_path / "copy") == ["s1.sqlite3", "s2.sqlite3"]
    connection = sqlite3.connect(tmp_path / "copy" / "s1.sqlite3")
    assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("delete",)
    assert connection.execute("SELECT id, name FROM rooms").fetchall() == [("1", "Room")]
    connection.close()


def test_restore_brings_back_resources_tokens_and_snapshots_and_can_be_undone(done, student, instance):
    client = with_room(student("s1"))
    person = {"email": "a@example.org", "first-name": "A", "last-name": "B", "role": "teacher"}
    client.create("users", {**person, "password": "secret"})
    client.post("/snapshots?name=before")
    done("backup", "copy")
    with_room(client, "Later")
    client.post("/snapshots?name=later")
    inode = (instance / "namespaces" / "s1.sqlite3").stat().st_ino
    assert done("restore", "copy", "--yes") == "s1: restored\n"
    assert (instance / "namespaces" / "s1.sqlite3").stat().st_ino == inode
    assert rooms(client) == [("1", "Room")]
    assert [item["name"] for item in client.get("/snapshots").json["meta"]["snapshots"]] == ["before"]
    assert len(client.get("/users?email=a@example.org&password=secret").data) == 1
    assert client.post("/undo-reset").status == 200
    assert rooms(client) == [("1", "Room"), ("2", "Later")]


def test_restore_takes_those_that_are_named_and_leaves_the_others(done, student):
    clients = {id_: with_room(student(id_)) for id_ in ("s1", "s2", "s3")}
    done("backup", "copy", "s1", "s2")
    done("namespaces", "delete", "s1", "--yes")
    for id_ in ("s2", "s3"):
        with_room(clients[id_], "Later")
    assert done("restore", "copy", "s1") == "s1: restored\n"
    assert {id_: len(rooms(client)) for id_, client in clients.items()} == {"s1": 1, "s2": 2, "s3": 2}


def test_a_backup_of_an_earlier_version_is_restored_and_stays_as_it_is(done, student, tmp_path):
    client = with_room(student("s1"))
    done("backup", "copy")
    backup = tmp_path / "copy" / "s1.sqlite3"
    connection = sqlite3.connect(backup)
    connection.execute("DROP TABLE copies")
    connection.execute("PRAGMA user_version = 1")
    connection.close()
    before = backup.read_bytes()
    client.post("/reset-db")
    done("restore", "copy", "--yes")
    assert rooms(client) == [("1", "Room")]
    assert backup.read_bytes() == before


@pytest.mark.parametrize(
    "content, said",
    [
        (b"no database " * 1000, "copy/s1.sqlite3 cannot be read: file is not a database."),
        (b"", "copy/s1.sqlite3 is damaged, or no backup of a namespace; nothing was restored from it."),
    ],
)
def test_a_damaged_backup_is_refused_and_the_namespace_stays(call, done, student, tmp_path, content, said):
    client = with_room(student("s1"))
    done("backup", "copy")
    (tmp_path / "copy" / "s1.sqlite3").write_bytes(content)
    result = call("restore", "copy", "--yes")
    assert (result.exit_code, result.stdout, result.stderr) == (1, "", f"s1: failed: {said}\n")
    assert rooms(client) == [("1", "Room")]


def test_a_damaged_database_is_replaced_by_its_backup(done, student, instance):
    client = with_room(student("s1"))
    done("backup", "copy")
    damage(instance, "s1")
    assert done("restore", "copy", "--yes") == "s1: restored\n"
    assert rooms(client) == [("1", "Room")]


def test_a_backup_goes_to_a_new_folder_only(call, tmp_path, done):
    done("namespaces", "create", "s1")
    done("backup", "copy")
    result = call("backup", "copy")
    assert result.exit_code == 2 and "copy is not empty: name a new folder." in result.stderr
    (tmp_path / "nothing").mkdir()
    result = call("restore", "nothing")
    assert result.exit_code == 2 and "nothing has no backups, which are named <your_id>.sqlite3." in result.stderr


# --- fixtures ----------------------------------------------------------------------------------------
def test_a_fixture_from_a_namespace_can_be_seeded(done, student, instance):
    with_room(student("s1"), "Mine")
    assert done("fixture", "from", "s1", "--name", "week-1") == f"s1: written to {instance}/fixtures/week-1.json\n"
    assert student("s2").post("/reset-db?seed=week-1").status == 200
    assert rooms(student("s2")) == [("1", "Mine")]


def test_a_fixture_is_replaced_only_after_a_yes(call, done, student, instance):
    client = with_room(student("s1"))
    done("fixture", "from", "s1")
    before = (instance / "fixtures" / "s1.json").read_bytes()
    with_room(client)
    refused = call("fixture", "from", "s1", answer="n\n")
    assert (refused.exit_code, (instance / "fixtures" / "s1.json").read_bytes()) == (1, before)
    done("fixture", "from", "s1", "--yes")
    assert (instance / "fixtures" / "s1.json").read_bytes() != before


@pytest.mark.parametrize(
    "arguments, code, said",
    [
        (["s1"], 1, "Nobody wrote to this namespace yet"),
        (["s1", "--name", "../x"], 2, "'../x' cannot be the name of a fixture"),
        (["no id"], 2, "cannot be a namespace id"),
    ],
)
def test_a_fixture_that_cannot_be_is_refused(call, instance, arguments, code, said):
    result = call("fixture", "from", *arguments)
    assert result.exit_code == code and said in result.stderr
    assert not (instance / "fixtures").exists()


# --- as it is installed, and beside a running server -------------------------------------------------
def test_the_package_installs_the_command_and_its_help_names_all():
    setup = ConfigParser()
    setup.read(ROOT / "setup.cfg")
    assert "jsonapi-course = jsonapi_course.cli:main" in setup["options.entry_points"]["console_scripts"]
    assert sorted(cli.namespaces.commands) == sorted(COMMANDS)
    assert sorted(cli.main.commands) == ["backup", "fixture", "namespaces", "restore"]


class Writing(threading.Thread):
    """A student who creates room after room until told to stop; `made` are the names that were acknowledged."""

    def __init__(self, client):
        super().__init__()
        self.client, self.made, self.refused, self.enough = client, [], [], threading.Event()

    def wait_for_more(self):
        """Until three more were acknowledged, or something went wrong."""
        before, deadline = len(self.made), time.monotonic() + 30
        while len(self.made) < before + 3 and not self.refused and time.monotonic() < deadline:
            time.sleep(0.01)

    def run(self):
        number = 0
        while not self.enough.wait(0.02):
            name = f"{self.client.namespace} {number}"
            number += 1
            answer = self.client.post("/rooms", {"data": {"type": "rooms", "attributes": {**ROOM, "name": name}}})
            read = self.client.get("/rooms?page[size]=1")
            if (answer.status, read.status) == (201, 200):
                self.made.append(name)
            else:
                self.refused.append((answer, read))


def all_rooms(client):
    return [item["attributes"]["name"] for item in client.get("/export").data if item["type"] == "rooms"]


def test_every_worker_sees_what_the_command_line_did(tmp_path, done):
    with running_server(tmp_path, workers=2) as server:
        client = with_room(server.client("s1"))
        for name, expected in [("reset", []), ("seed", ["1", "2", "3"]), ("delete", [])]:
            assert rooms(client) != expected
            done("namespaces", name, "s1", "--yes")
            assert [[id_ for id_, _ in rooms(client)] for _ in range(12)] == [expected] * 12


def test_commands_beside_writing_students_cause_no_error_and_lose_no_write_of_others(tmp_path, done):
    with running_server(tmp_path, workers=2) as server:
        students = [Writing(server.client(id_)) for id_ in ("s1", "s2", "s3")]
        deleted, restored, other = students

        def let_them_write():
            for student in students:
                student.wait_for_more()

        for student in students:
            student.start()
        try:
            let_them_write()
            done("backup", "copy")
            for _ in range(5):
                let_them_write()
                done("namespaces", "delete", "s1", "--yes")
            done("restore", "copy", "s2", "--yes")
            let_them_write()
        finally:
            for student in students:
                student.enough.set()
            for student in students:
                student.join()
        assert [student.refused for student in students] == [[], [], []]
        assert all_rooms(other.client) == other.made
        stored = all_rooms(deleted.client)
        assert 3 <= len(stored) < len(deleted.made) and stored == deleted.made[-len(stored) :]
        connection = sqlite3.connect(tmp_path / "copy" / "s2.sqlite3")
        copied = [name for (name,) in connection.execute("SELECT name FROM rooms ORDER BY seq")]
        connection.close()
        later = all_rooms(restored.client)[len(copied) :]
        assert copied == restored.made[: len(copied)] and len(later) >= 3
        assert all_rooms(restored.client) == copied + restored.made[-len(later) :]
