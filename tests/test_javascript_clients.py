"""The JavaScript clients that students use, each against a real server: tests/javascript/<client>.mjs."""

import fcntl
import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from .conftest import running_server

FOLDER = Path(__file__).parent / "javascript"
LOCK = FOLDER / "package-lock.json"
INSTALLED = FOLDER / "node_modules" / ".installed"  # the lock file that node_modules was made from
NO_NETWORK = "ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH"

# client: what node needs for it
CLIENTS = {
    "fetch": [],
    "axios": [],
    "kitsu": [],
    "devour-client": [],
    "redux-json-api": [],
    "orbit": [],
    "ember-data": ["--import", "./ember-modules.mjs", "--conditions", "unpkg-dev"],
}

ADA = ["ada@example.org", "Ada", "Lovelace", "teacher"]
BEN = ["ben@example.org", "Ben", "Bitdiddle", "student"]
CEM = ["cem@example.org", "Cem", "Özdemir & Söhne", "student"]

# What every client sees, step by step of tests/javascript/scenario.mjs.
SEEN = {
    "users": [["1", *ADA], ["2", *BEN], ["3", *CEM]],
    "modules": [
        ["1", "WE19", "Web Engineering", "SS19", "1", ["2"]],
        ["2", "DB18", "Databases", "WS18/19", "1", []],
    ],
    "rooms": [
        ["1", "Aula One", "Main Street 1", "200", "beamer, 100% = dark"],
        ["2", "Lab Two", "Side Street 2", "", ""],
    ],
    "sessions": [
        ["1", "Forms", "2019-05-08T10:00:00.000Z", "input", "1", "2"],
        ["2", "Hypertext", "2019-05-01T10:00:00.000Z", "", "1", "1"],
        ["3", "Joins", "2019-05-02T08:30:00.000Z", "", "2", "1"],
    ],
    "news": [
        ["1", "Exam dates", "2019-06-01T00:00:00.000Z", "Two of them", "1"],
        ["2", "Welcome", "2019-04-01T00:00:00.000Z", "", "1"],
    ],
    "contents": [
        ["1", "Part one", "", 0, "1", None],
        ["2", "Chapter", "<b>text</b>", 0, "1", "1"],
        ["3", "Preface", "", -1, "1", None],
    ],
    "find one": ["2", "Lab Two", "Side Street 2", "", ""],
    "the password is never read": "unknown",
    "log in": [["2"], []],
    "list in the type's order": [
        ["Hypertext", "Joins", "Forms"],
        ["Welcome", "Exam dates"],
        ["Preface", "Part one", "Chapter"],
    ],
    "filter the seed's way": [["DB18"], ["Hypertext", "Forms"], ["Preface", "Part one"]],
    "filter": [
        ["DB18"],
        ["Joins", "Forms"],
        ["Joins", "Forms"],
        ["Hypertext", "Forms"],
        ["Preface", "Part one"],
        ["Aula One"],
        ["Ada", "Cem"],
    ],
    "sort": [["Lab Two", "Aula One"], ["Joins", "Hypertext", "Forms"]],
    "page": [["Forms"], 3],
    "walk the pages": [["Hypertext"], ["Joins"], ["Forms"]],
    "include": {
        "teacher": "Lovelace",
        "students": ["Bitdiddle"],
        "sessions": [["Hypertext", "Aula One"], ["Forms", "Lab Two"]],
        "contents": [["Preface", []], ["Part one", ["Chapter"]], ["Chapter", []]],
    },
    "read what is related": [["Hypertext", "Forms"], ["Lab Two"], []],
    "update": [
        ["2", "Lab Two", "Side Street 2", "20", ""],
        ["2", "Hypertext", "2019-05-09T10:00:00.000Z", "", "1", "1"],
        ["2", "Chapter", "<b>text</b>", 7, "1", "1"],
        ["Joins", "Forms", "Hypertext"],
    ],
    "an updated user keeps the password": [["2", "ben@example.org", "Ben", "Tester", "student"], ["2"]],
    "relate to one": ["1", "1", None, ["3"]],
    "relate to many": [["2", "3"], ["3"], ["2", "3"], [], ["1"]],
    "delete": [["Welcome"], ["2"], []],
}


def resource(type_, attributes, **linkage):
    return {"type": type_, "attributes": attributes, "relationships": {k: {"data": v} for k, v in linkage.items()}}


BEN_ID, NOBODY = ({"type": "users", "id": id_} for id_ in ("2", "99"))
MODULE_ID = {"type": "modules", "id": "1"}
TAKEN = dict(zip(["email", "first-name", "last-name", "role"], ["ADA@example.org", *ADA[1:]], strict=True))
TWICE_WRONG = resource("modules", {"code": "A", "name": "Algorithms", "semester": "SS91"}, teacher=BEN_ID)

# What every client sees of a faulty request: status and place here, the details from the server's own answer to it.
FAULTS = {
    "an invalid attribute": (
        [["422", "/data/attributes/name"]],
        *("POST", "/rooms", resource("rooms", {"name": "B", "address": "Hill 7"})),
    ),
    "several faults": (
        [
            ["422", "/data/attributes/code"],
            ["422", "/data/attributes/semester"],
            ["422", "/data/relationships/teacher"],
        ],
        *("POST", "/modules", TWICE_WRONG),
    ),
    "missing attributes": (
        [["422", "/data/attributes"], ["422", "/data/attributes"]],
        *("POST", "/news", resource("news", {}, module=MODULE_ID)),
    ),
    "a missing relationship": (
        [["422", "/data"]],
        *("POST", "/news", {"type": "news", "attributes": {"title": "Homeless", "date": "2019-06-01T00:00Z"}}),
    ),
    "an e-mail address that is taken": (
        [["409", "/data/attributes/email"]],
        *("POST", "/users", resource("users", {**TAKEN, "password": "correct horse"})),
    ),
    "an invalid change": (
        [["422", "/data/attributes/semester"]],
        *("PATCH", "/modules/1", {**MODULE_ID, "attributes": {"semester": "SS1"}}),
    ),
    "a resource that is not there": ([["404", None]], "GET", "/rooms/99"),
    "a related resource that is not there": (
        [["404", "/data"]],
        *("PATCH", "/modules/2/relationships/teacher", NOBODY),
    ),
    "an unknown filter": ([["400", "filter[semster]"]], "GET", "/modules?filter[semster]=SS19"),
    "an unknown path": ([["400", "include"]], "GET", "/modules/1?include=teachr"),
}

# Where a client's own nature makes the difference.
FAULTS_SEEN_BY = {
    # its errors are an object with the last part of the pointer as key: one error a pointer
    "devour-client": {
        "missing attributes": (
            [["422", "/data/attributes"]],
            *("POST", "/news", resource("news", {"title": "Undated"}, module=MODULE_ID)),
        ),
    },
    # it changes a relationship with a PATCH of the resource
    "orbit": {
        "a related resource that is not there": (
            [["404", "/data/relationships/teacher"]],
            *("PATCH", "/modules/2", {"type": "modules", "id": "2", "relationships": {"teacher": {"data": NOBODY}}}),
        ),
    },
    # it makes the errors of a 422 anew, without status and with every pointer to an attribute;
    # it sends null for what was never set; it reads a record before it relates to it
    "ember-data": {
        "an invalid attribute": ([[None, "/data/attributes/name"]], *FAULTS["an invalid attribute"][1:]),
        "several faults": (
            [
                [None, "/data/attributes/code"],
                [None, "/data/attributes/semester"],
                [None, "/data/attributes/teacher"],
            ],
            *("POST", "/modules", TWICE_WRONG),
        ),
        "missing attributes": (
            [[None, "/data/attributes/title"], [None, "/data/attributes/date"]],
            *("POST", "/news", resource("news", {"title": None, "date": None}, module=MODULE_ID)),
        ),
        "a missing relationship": ([[None, "/data"]], *FAULTS["a missing relationship"][1:]),
        "an invalid change": ([[None, "/data/attributes/semester"]], *FAULTS["an invalid change"][1:]),
        "a related resource that is not there": ([["404", None]], "GET", "/users/99"),
        "errors of a form's fields": (
            [["code"], ["name"], ["semester"], ["teacher"]],
            *("POST", "/modules", resource("modules", {"code": "A", "name": None, "semester": "SS91"}, teacher=BEN_ID)),
        ),
    },
}


def with_details(client, places, method, path, data=None):
    """The places of a fault's errors, each with the detail that the server gives."""
    errors = client.request(method, path, data and {"data": data}).errors
    return [[*place, error["detail"]] for place, error in zip(places, errors, strict=True)]


# What the server has after it, whoever the client was: attributes' values, then the ids of what is linked.
STORED = {
    "users": {
        "1": [*ADA, ["1", "2"], []],
        "2": ["ben@example.org", "Ben", "Tester", "student", [], []],
        "3": [*CEM, [], ["1"]],
    },
    "modules": {
        "1": ["WE19", "Web Engineering", "SS19", "1", ["3"], ["2"], [], ["3", "1", "2"]],
        "2": ["DB18", "Databases", "WS18/19", "1", [], [], [], []],
    },
    "rooms": {"2": ["Lab Two", "Side Street 2", "20", "", []]},
    "sessions": {},
    "news": {"2": ["Welcome", "2019-04-01T00:00:00.000Z", "", "1"]},
    "contents": {
        "1": ["Part one", "", 0, "1", None, ["3"]],
        "2": ["Chapter", "<b>text</b>", 7, "1", None, []],
        "3": ["Preface", "", -1, "1", "1", []],
    },
}


def stored(client):
    def ids(linkage):
        return [item["id"] for item in linkage] if isinstance(linkage, list) else linkage and linkage["id"]

    def values(resource):
        linkages = [member["data"] for member in resource["relationships"].values() if "data" in member]
        return [*resource["attributes"].values(), *map(ids, linkages)]

    return {type_: {item["id"]: values(item) for item in client.get(f"/{type_}").data} for type_ in STORED}


def node_is_there():
    """Node with module.register() and npm."""
    if not (shutil.which("node") and shutil.which("npm")):
        return False
    version = subprocess.run(["node", "--version"], capture_output=True, text=True).stdout
    return tuple(map(int, re.findall(r"\d+", version)[:2])) >= (20, 6)


@pytest.fixture(scope="module")
def packages():
    """node_modules as the lock file says, installed where it is not yet; one test run at a time."""
    with open(LOCK) as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        wanted = lock.read()
        if INSTALLED.exists() and INSTALLED.read_text() == wanted:
            return
        npm = subprocess.run(["npm", "ci"], cwd=FOLDER, capture_output=True, text=True)
        if npm.returncode and re.search(NO_NETWORK, npm.stderr):
            pytest.skip("npm ci reaches no package registry, so the JavaScript clients cannot be installed")
        assert npm.returncode == 0, npm.stderr
        INSTALLED.write_text(wanted)


@pytest.fixture(scope="module")
def course_server(tmp_path_factory):
    with running_server(tmp_path_factory.mktemp("javascript")) as running:
        yield running


@pytest.mark.skipif(not node_is_there(), reason="the JavaScript clients need node 20.6 or newer and npm")
@pytest.mark.parametrize("client", CLIENTS)
def test_a_javascript_client_works_with_the_whole_course(client, course_server, packages):
    process = subprocess.run(
        ["node", *CLIENTS[client], f"{client}.mjs", f"{course_server.root}/api/{client}"],
        cwd=FOLDER,
        env={**os.environ, "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
    )
    assert process.returncode == 0, process.stderr
    here = course_server.client(client)
    faults = {**FAULTS, **FAULTS_SEEN_BY.get(client, {})}
    seen = {**SEEN, **{step: with_details(here, *fault) for step, fault in faults.items()}}
    assert json.loads(process.stdout) == seen
    assert stored(here) == STORED


def test_the_lock_file_pins_the_versions_and_names_no_registry():
    lock = json.loads(LOCK.read_text())["packages"]
    wanted = json.loads((FOLDER / "package.json").read_text())["dependencies"]
    assert {name: lock[f"node_modules/{name}"]["version"] for name in wanted} == wanted
    assert [name for name, package in lock.items() if "resolved" in package] == []
