"""contract: namespaces, the rule of <your_id>; by the app itself and through gunicorn over a raw socket."""

import pytest

from jsonapi_course import create_app
from tests.client import Client, in_process
from tests.conftest import running_server

from .files import files_below, over_socket

RULE = "it has 1 to 64 of the characters a-z A-Z 0-9 - _ . and begins with a letter or digit"
PLACEHOLDER = "YOUR_ID stands for your own id: replace it with your student number, as in /api/s1234/modules."

GOOD = [
    "s1234",
    "0",
    "a-_.",
    "a..b",
    "a" * 64,
    "A" * 63 + "9",
    "v4",
    "v10",
    "your-id",
    "id.sqlite3",
    "id.sqlite3-wal",
    "id.sqlite3-shm",
    "id.sqlite3-journal",
    "id.lock",
    "template-0.sqlite3",
    "index.html",
    "reset-db",
    "modules",
    "%61bc",
]


def refused(shown):
    return f"'{shown}' cannot be a namespace id: {RULE}."


def nested(version):
    return (
        f"The check-in API's {version} is inside a namespace: set the base URL to /api/<your_id> and it is at "
        f"/api/<your_id>/{version}."
    )


BAD = {
    ".": refused("."),
    "..": refused(".."),
    "...": refused("..."),
    "%2e%2e": refused(".."),
    ".hidden": refused(".hidden"),
    "-a": refused("-a"),
    "_a": refused("_a"),
    "a%20": refused("a "),
    "%20a": refused(" a"),
    "a%20b": refused("a b"),
    "a%0A": refused("a\n"),
    "a%0D%0Ab": refused("a\r\nb"),
    "%00": refused("\0"),
    "a%00": refused("a\0"),
    "a%00.sqlite3": refused("a\0.sqlite3"),
    "a%5Cb": refused("a\\b"),
    "..%5C..%5Ca": refused("..\\..\\a"),
    "%C3%A9": refused("é"),
    "a%C3%A9": refused("aé"),
    "%EF%BC%91": refused("１"),
    "%E2%84%AA": refused("\N{KELVIN SIGN}"),
    "%FF": refused("\N{REPLACEMENT CHARACTER}"),
    "%F0%9F%98%80": refused("😀"),
    "a%252Fb": refused("a%2Fb"),
    "a+b": refused("a+b"),
    "a~": refused("a~"),
    "a:b": refused("a:b"),
    "a;b": refused("a;b"),
    "a@b": refused("a@b"),
    "a%3Fb": refused("a?b"),
    "a%23b": refused("a#b"),
    "a%25": refused("a%"),
    "{your_id}": refused("{your_id}") + " '{your_id}' stands for an id: put the real one in its place.",
    "a" * 65: refused("a" * 65),
    "a" * 70: refused("a" * 70),
    "a" * 71: refused("a" * 69 + "…"),
    "a" * 4000: refused("a" * 69 + "…"),
    "YOUR_ID": PLACEHOLDER,
    "your_id": PLACEHOLDER,
    "%59OUR_ID": PLACEHOLDER,
    "v1": nested("v1"),
    "v2": nested("v2"),
    "v3": nested("v3"),
    "V1": nested("v1"),
    "V3": nested("v3"),
}
SLASHES = ["%2F", "%2f%2f", "a%2Fb", "a%2fb", "a%2F", "%2Fa", "..%2F..%2Fetc%2Fpasswd", "%2e%2e%2F"]
ROOM = {"data": {"type": "rooms", "attributes": {"name": "Room", "address": "Street"}}}
REQUESTS = [
    ("GET", "", None),
    ("GET", "/", None),
    ("GET", "/rooms", None),
    ("GET", "/rooms/1", None),
    ("POST", "/rooms", ROOM),
    ("PATCH", "/rooms/1", {"data": {**ROOM["data"], "id": "1"}}),
    ("DELETE", "/rooms/1", None),
    ("POST", "/reset-db", None),
    ("PUT", "", None),
]


@pytest.fixture(scope="module", params=["in process", "over a socket"])
def service(request, tmp_path_factory):
    """(send, folder): a running service, and the folder around its instance folder."""
    folder = tmp_path_factory.mktemp("ids") / "around"
    folder.mkdir()
    if request.param == "in process":
        yield in_process(create_app({"INSTANCE_PATH": str(folder / "instance")})), folder
    else:
        with running_server(folder) as server:
            server.client("warm").get("")
            yield over_socket(server.root), folder


def refusals(service, id_):
    """The error of each of REQUESTS, without its link, once each; no file may come of them."""
    send, folder = service
    before, errors = files_below(folder), []
    for method, path, document in REQUESTS:
        answer = Client(send, id_).request(method, path, document)
        assert (answer.status, answer.headers["Content-Type"]) == (404, "application/vnd.api+json"), answer
        [error] = answer.errors
        assert error.pop("id") == answer.headers["X-Request-Id"]
        assert error.pop("links")["about"].endswith(f"/docs/errors#{error['code']}")
        if error not in errors:
            errors.append(error)
    assert files_below(folder) == before
    return errors


@pytest.mark.parametrize("id_, detail", [pytest.param(*case, id=f"{case[0]:.30}") for case in BAD.items()])
def test_what_is_no_id_is_404_with_the_rule_or_its_hint_and_touches_no_file(service, id_, detail):
    assert refusals(service, id_) == [
        {"status": "404", "code": "invalid-namespace", "title": "This is not a namespace id", "detail": detail}
    ]


@pytest.mark.parametrize("id_", SLASHES)
def test_an_encoded_slash_is_404_with_the_rule_and_touches_no_file(service, id_):
    for error in refusals(service, id_):
        assert (error["code"], RULE in error["detail"]) == ("unknown-path", True), error


@pytest.mark.parametrize("path", ["/api", "/api/", "/api//", "/api//rooms"])
def test_no_id_at_all_is_404_with_the_rule(service, path):
    send, folder = service
    before = files_below(folder)
    answer = Client(lambda method, _, headers, body: send(method, path, headers, body)).post("", ROOM)
    assert answer.status == 404
    [error] = answer.errors
    assert error["code"] == "unknown-path"
    assert error["detail"].startswith(f"There is nothing at '{path}'")
    assert error["detail"].endswith(f"<your_id> is your student number or any other id of your own; {RULE}.")
    assert files_below(folder) == before


def test_every_good_id_is_a_namespace_of_its_own_below_the_instance_folder(service):
    send, folder = service
    before = {path for path in files_below(folder) if not path.startswith("instance/namespaces/")}
    for id_ in GOOD:
        room = Client(send, id_).create("rooms", {"name": f"Room of {id_}", "address": "Street"})
        assert room["id"] == "1"
    for id_ in GOOD:
        rooms = Client(send, id_).get("/rooms").data
        assert [room["attributes"]["name"] for room in rooms] == [f"Room of {id_}"]
    assert {path for path in files_below(folder) if not path.startswith("instance/namespaces/")} == before


def test_upper_and_lower_case_are_the_same_namespace(service):
    send, folder = service
    created = Client(send, "MiXed.1").create("rooms", {"name": "Room", "address": "Street"})
    assert created["links"]["self"].endswith("/api/MiXed.1/rooms/1")
    assert [room["id"] for room in Client(send, "mixed.1").get("/rooms").data] == ["1"]
    assert Client(send, "MIXED.1").delete("/rooms/1").status == 204
    assert Client(send, "mixed.1").get("/rooms").data == []
    assert [path for path in files_below(folder) if path.lower().rpartition("/")[2] == "mixed.1.sqlite3"] == [
        "instance/namespaces/mixed.1.sqlite3"
    ]


def test_an_options_of_a_bad_id_is_answered_and_touches_no_file(service):
    send, folder = service
    before = files_below(folder)
    for id_ in ("YOUR_ID", "..", "a%00", "a%2Fb"):
        assert Client(send, id_).request("OPTIONS", "/rooms").status == 204
    assert files_below(folder) == before
