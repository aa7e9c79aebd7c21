"""The catalogue of errors and warnings: every code is raised somewhere, is explained, and comes of its example."""

import ast
import html
import re

import pytest

from jsonapi_course import create_app, errors
from jsonapi_course.errors import Fault, catalogue

from .classroom import ask, document, findings, furnish
from .client import Client, in_process
from .conftest import ROOT
from .course.course import PASSWORD

# What no short request provokes: faults of the machine, limits, and a rule that no type of the course has.
NOT_PROVOKED = {
    *("internal-error", "storage-busy", "storage-failed", "newer-database", "invalid-fixture"),
    *("body-too-large", "too-many-operations", "quota-exceeded", "service-full", "too-many-namespaces"),
    "too-long",
    *("too-many-requests", "request-timeout", "url-too-long", "headers-too-large", "service-busy"),
    *("injected-too-many-requests", "injected-internal-error", "injected-unavailable"),  # the request after the example
    "invalid-fixture",
    "quota-exceeded",
    "service-full",
    "too-many-namespaces",
    "newer-database",
}
EXAMPLES = {row.code: row for row in catalogue() if row.code not in NOT_PROVOKED}
SOURCES = sorted((ROOT / "jsonapi_course").rglob("*.py"))


def every_subclass(of):
    return {found for direct in of.__subclasses__() for found in {direct, *every_subclass(direct)}}


def names_of_faults(node):
    """The rows of the table that a piece of code names."""
    used = {child.id for child in ast.walk(node) if isinstance(child, ast.Name)}
    return {row for row in catalogue() if row.__name__ in used}


def calls_of(tree, method):
    """The calls findings.method(…) in a module."""
    return [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == method
    ]


def test_every_fault_is_in_the_catalogue_once_under_its_own_name():
    rows = catalogue()
    assert set(rows) == {Fault, *every_subclass(Fault)}
    assert [row for row in rows if getattr(errors, row.__name__, None) is not row] == []
    codes = [row.code for row in rows]
    assert sorted(set(codes)) == sorted(codes)
    assert [code for code in codes if not re.fullmatch(r"[a-z]+(-[a-z]+)*", code)] == []


def test_every_row_says_what_happened_why_and_what_to_do():
    for row in catalogue():
        assert 400 <= row.status < 600
        assert not row.title.endswith(".")
        assert row.cause.endswith((".", ")")) and row.mend.endswith(".") and row.example.strip() == row.example != ""


def test_every_row_is_raised_somewhere():
    used = set().union(*(names_of_faults(ast.parse(path.read_text())) for path in SOURCES if path.name != "errors.py"))
    assert [row.code for row in catalogue() if row not in used] == []


def test_the_catalogue_says_which_codes_are_warnings():
    tolerated, always = set(), set()
    for path in SOURCES:
        tree = ast.parse(path.read_text())
        tolerated |= set().union(*(names_of_faults(call) for call in calls_of(tree, "tolerate")))
        always |= set().union(*(names_of_faults(call) for call in calls_of(tree, "warn")))
    expected = {row.code: "tolerated" for row in tolerated} | {
        row.code: "always" for row in always if row not in tolerated
    }
    assert {row.code: row.warns for row in catalogue() if row.warns} == expected


def classroom_in(folder):
    """An app with the namespace of the examples and what they speak of."""
    app = create_app({"INSTANCE_PATH": str(folder)})
    client = Client(in_process(app), "s1234")
    furnish(client)
    client.create("contents", {"title": "Section"}, module=("modules", "1"), parent=("contents", "1"))
    client.create("daily-checkins", {"mood-score": 4, "hours-worked": 8}, user=("users", "2"))
    client.create("rooms", {"name": "Aula", "address": "Main Street 2", "features": "x" * 10000})
    client.create("rooms", {"name": "Attic", "address": "Main Street 3", "features": "y" * 10000})
    room = document("rooms", None, {"name": "Lab", "address": "Main Street 4"})
    key = {"Idempotency-Key": "the-key-of-another-request"}
    ask(app, "POST", "/api/s1234/rooms", room.replace("Lab", "Laboratory"), key)
    client.post("/snapshots?name=monday")
    cube = client.create("cubes", {"name": "HBO-i"}, user=("users", "2"))
    axes = {name: (type_, "1") for name, type_ in AXES.items()}
    client.create("matrix-fields", {}, cube=("cubes", cube["id"]), **axes)
    client.post("/snapshots?name=monday")
    return app


@pytest.fixture(scope="module")
def classroom(tmp_path_factory):
    """For what is refused, which changes nothing."""
    return classroom_in(tmp_path_factory.mktemp("examples"))


AXES = {"level": "levels", "activity": "activities", "architecture": "architectures"}


def token_of_a_student(app):
    login = f'{{"email": "bob@example.org", "password": "{PASSWORD}", "device_name": "laptop"}}'
    return ask(app, "POST", "/api/s1234/v1/sanctum/token", login, {"Content-Type": "application/json"}).json["token"]


def send_example(app, example):
    """The answer to the request that an example writes: method and URL, headers, an empty line, the body."""
    if "<token of a student>" in example:
        example = example.replace("<token of a student>", token_of_a_student(app))
    head, _, body = example.partition("\n\n")
    request, *lines = head.split("\n")
    method, url = request.split(" ")
    return ask(app, method, url, body or None, dict(line.split(": ", 1) for line in lines))


@pytest.mark.parametrize("code", EXAMPLES)
def test_an_example_provokes_its_code(classroom, tmp_path, code):
    row = EXAMPLES[code]
    answer = send_example(classroom_in(tmp_path) if row.warns else classroom, row.example)
    if code in CHECKIN_MESSAGES:  # the check-in API's answers have no codes
        assert (answer.status, CHECKIN_MESSAGES[code] in answer.json["message"]) == (row.status, True), answer
    else:
        [kind] = [what for what, _, finding in findings(answer) if finding["code"] == code]
        assert row.warns or kind == f"{row.status} {code}"


CHECKIN_MESSAGES = {
    "unauthenticated": "This call needs a token",
    "wrong-credentials": "The e-mail address or the password is wrong",
    "invalid-token": "The token is not valid here",
    "forbidden": "may not delete",
    "invalid-field": "did you mean 'email'?",
}


def test_the_page_shows_the_example_and_the_kind_of_every_row(app):
    page = html.unescape(app.test_client().get("/docs/errors").text)
    for row in catalogue():
        section = page.partition(f'<section id="{row.code}">')[2].partition("</section>")[0]
        assert f"<pre>{row.example}</pre>" in section
        assert (f"status {row.status}" in section) == (row.warns != "always")
        assert ("a warning" in section.partition("</p>")[0]) == bool(row.warns)
        assert f'<a href="#{row.code}">{row.code}</a>' in page
