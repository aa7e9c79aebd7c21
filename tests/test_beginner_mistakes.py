"""The commonest mistakes of beginners: each is answered with its cause and the mended form (contract: jsonapi, "Errors")."""

import json
from html.parser import HTMLParser
from typing import NamedTuple

import pytest

from jsonapi_course import create_app

from .classroom import ask, document, findings, furnish, state
from .client import Client, in_process
from .course.course import MODULE, ROOM, SESSION, USER

ADA = {"data": {"type": "users", "id": "1"}}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
CURL = "-H 'Content-Type: application/vnd.api+json'"
FETCH = "headers: {'Content-Type': 'application/vnd.api+json'}"
GOOD = document("rooms", attributes=ROOM)
NEW_USER = {**USER, "email": "eve@example.org"}
UNSET = "a variable without a value"
ATOMIC = {"Content-Type": 'application/vnd.api+json; ext="https://jsonapi.org/ext/atomic"'}


class Mistake(NamedTuple):
    """`answer` is the status and code, `where` the source, `says` what the detail has; `suggests` is meta's first.

    The `request` is a method and a URL, which stands in the namespace unless it is a whole one.
    """

    name: str
    request: str
    body: str | None
    answer: str
    where: str | None
    says: tuple
    headers: dict | None = None
    suggests: str | None = None


def module(attributes=MODULE, **relationships):
    return document("modules", None, attributes, **({"teacher": ADA} | relationships))


def session(**attributes):
    linkage = {"module": {"data": {"type": "modules", "id": "1"}}, "room": {"data": {"type": "rooms", "id": "1"}}}
    return document("sessions", None, {**SESSION, **attributes}, **linkage)


def content(**attributes):
    attributes = {"title": "Chapter", **attributes}
    return document("contents", None, attributes, module={"data": {"type": "modules", "id": "1"}})


def user(**attributes):
    return document("users", None, {**NEW_USER, **attributes})


def without(attributes, *names):
    return {name: value for name, value in attributes.items() if name not in names}


def teacher(linkage):
    """A new module whose relationship `teacher` is as given."""
    return module(teacher=linkage)


def students(linkage):
    return module(students=linkage)


M = Mistake


HEADERS = [
    M("a form, which curl -d sends", "POST /rooms", "name=Lab+1", "415 unsupported-media-type", "header Content-Type",
      ("'application/x-www-form-urlencoded'", "curl -d", CURL, FETCH), FORM),
    M("JSON as a form, curl -d without -H", "POST /rooms", GOOD, "415 unsupported-media-type", "header Content-Type",
      ("curl -d", CURL), FORM),
    M("text, which fetch sends", "POST /rooms", GOOD, "415 unsupported-media-type", "header Content-Type",
      ("'text/plain;charset=UTF-8'", "fetch sends", FETCH), {"Content-Type": "text/plain;charset=UTF-8"}),
    M("FormData", "POST /rooms", "--x", "415 unsupported-media-type", "header Content-Type",
      ("FormData", FETCH), {"Content-Type": "multipart/form-data; boundary=x"}),
    M("a charset", "POST /rooms", GOOD, "415 unsupported-media-type", "header Content-Type",
      ("no parameter 'charset'", CURL), {"Content-Type": "application/vnd.api+json; charset=utf-8"}),
    M("a charset in Accept", "GET /rooms", None, "406 not-acceptable", "header Accept",
      ("Send Accept: application/vnd.api+json.",), {"Accept": "application/vnd.api+json; charset=utf-8"}),
    M("an old ETag in If-Match", "PATCH /rooms/1", document("rooms", "1", {"capacity": "30"}),
      "412 precondition-failed", "header If-Match", ("changed after you read it", "GET it again"), {"If-Match": '"old"'}),
    M("an ETag without its quotation marks", "PATCH /rooms/1", document("rooms", "1", {"capacity": "30"}),
      "412 precondition-failed", "header If-Match", ("with its quotation marks",), {"If-Match": "64c62407621273ad"}),
    M("operations without the extension", "POST /operations", GOOD, "415 unsupported-media-type", "header Content-Type",
      (ATOMIC["Content-Type"],)),
    M("an operation create", "POST /operations", '{"atomic:operations": [{"op": "create", "data": {"type": "rooms"}}]}',
      "400 invalid-operation", "pointer /atomic:operations/0/op", ("'add', 'update' and 'remove'",), ATOMIC, "add"),
    M("a document as operations", "POST /operations", GOOD, "400 invalid-document", "pointer",
      ('{"atomic:operations": [{"op": "add"',), ATOMIC),
]  # fmt: skip

TEXTS = [
    M("no body", "POST /rooms", None, "400 empty-body", None, ("The body is empty", "JSON.stringify", '{"data": {"type"')),
    M("text after the JSON", "POST /rooms", GOOD + " done", "400 malformed-json", None,
      ("line 1, column 94", "more text follows", "send one value")),
    M("two documents", "POST /rooms", GOOD + GOOD, "400 malformed-json", None, ("more text follows", "send one value")),
    M("single quotes", "POST /rooms", "{'data': {}}", "400 malformed-json", None,
      ("line 1, column 2", "double quotes only", "write \"name\" instead of 'name'")),
    M("single quotes left over by Windows", "POST /rooms", "'{data: {type: rooms}}'", "400 malformed-json", None,
      ("Windows", "curl -d @file")),
    M("backticks", "POST /rooms", '{"data": `x`}', "400 malformed-json", None, ("double quotes only",)),
    M("typographic quotes", "POST /rooms", '{"data": {"type": “rooms”}}', "400 malformed-json", None,
      ("typographic quotes", "straight ones")),
    M("a comma too many in an object", "POST /rooms", '{"data": {"type": "rooms",}}', "400 malformed-json", None,
      ("comma before the closing bracket", "take it out")),
    M("a comma too many in an array", "POST /rooms", '{"data": [1,]}', "400 malformed-json", None,
      ("comma before the closing bracket",)),
    M("a comma too few", "POST /rooms", '{"data": {"type": "rooms" "id": "1"}}', "400 malformed-json", None,
      ("column 27", "a comma is missing")),
    M("a colon too few", "POST /rooms", '{"data" {}}', "400 malformed-json", None, ('"name": "value"',)),
    M("no value", "POST /rooms", '{"data": }', "400 malformed-json", None, ("value after the colon is missing", "null")),
    M("names without quotes", "POST /rooms", "{data: {}}", "400 malformed-json", None,
      ("names and texts stand in double quotes",)),
    M("values without quotes", "POST /rooms", '{"data": {"type": rooms}}', "400 malformed-json", None,
      ("column 19", "names and texts stand in double quotes")),
    M("a comment", "POST /rooms", '{"data": {} // new\n}', "400 malformed-json", None, ("no comments", "take it out")),
    M("a comment on its own line", "POST /rooms", '{\n# new\n"data": {}}', "400 malformed-json", None,
      ("line 2, column 1", "no comments")),
    M("a quotation mark in a text", "POST /rooms", '{"data": "the "big" room"}', "400 malformed-json", None,
      ("quotation mark inside of a text", '\\"')),
    M("a line break in a text", "POST /rooms", '{"data": "one\ntwo"}', "400 malformed-json", None, ("write \\n",)),
    M("a backslash in a text", "POST /rooms", '{"data": "C:\\home"}', "400 malformed-json", None,
      ("a backslash in a text is written \\\\",)),
    M("a text that does not end", "POST /rooms", '{"data": "room}', "400 malformed-json", None, ("second quotation mark",)),
    M("a body cut short", "POST /rooms", GOOD[:-1], "400 malformed-json", None, ("cut short",)),
    M("Python's words", "POST /rooms", '{"data": None}', "400 malformed-json", None, ("true, false and null", "json.dumps")),
    M("a number with a zero before", "POST /rooms", '{"data": 007}', "400 malformed-json", None, ("write 7, not 07",)),
    M("a name twice", "POST /rooms", '{"data": {"type": "rooms", "type": "rooms"}}', "400 malformed-json", "pointer /data",
      ("'type' is given twice", "keep one")),
    M("undefined in the body", "POST /rooms", '{"data": undefined}', "400 malformed-json", None,
      ("a variable is not set", "JSON.stringify")),
    M("undefined as body", "POST /rooms", "undefined", "400 malformed-json", None,
      ("variable without a value", "check what body: is")),
    M("NaN in the body", "POST /rooms", '{"data": {"type": "rooms", "attributes": {"name": NaN}}}', "400 malformed-json",
      "pointer /data/attributes/name", ("NaN is not a JSON value", "a number or null")),
    M("an object as body, [object Object]", "POST /rooms", "[object Object]", "400 malformed-json", None,
      ("JavaScript object", "body: JSON.stringify(object)")),
    M("a form as body", "POST /rooms", "name=Lab&address=Street", "400 malformed-json", None, ("form", '{"data": {"type"')),
    M("XML as body", "POST /rooms", "<room/>", "400 malformed-json", None, ("XML or HTML",)),
    M("JSON stringified twice", "POST /rooms", json.dumps(GOOD), "400 invalid-document", "pointer",
      ("stringified twice", "JSON.stringify only once")),
    M("data stringified twice", "POST /rooms", json.dumps({"data": json.dumps({"type": "rooms"})}),
      "400 invalid-document", "pointer /data", ("stringified twice", "JSON.stringify only once")),
    M("[object Object] as data", "POST /rooms", '{"data": "[object Object]"}', "400 invalid-document", "pointer /data",
      ("JavaScript object", "JSON.stringify(object)")),
    M("null as body", "POST /rooms", "null", "400 invalid-document", "pointer", ("must be an object", "not null")),
    M("an array as body", "POST /rooms", "[]", "400 invalid-document", "pointer", ("must be an object", "not an array")),
]  # fmt: skip

DOCUMENTS = [
    M("attributes at the top", "POST /rooms", json.dumps(ROOM), "400 invalid-document", "pointer",
      ("no member 'data'", '{"data": {"type": "rooms", "attributes": {"name": …, "address": …}}}', "'name' and 'address'")),
    M("type and attributes at the top", "POST /rooms", json.dumps({"type": "rooms", "attributes": ROOM}),
      "400 invalid-document", "pointer", ("'type' and 'attributes' at the top: put that into data",)),
    M("the type as wrapper", "POST /rooms", json.dumps({"room": ROOM}), "400 invalid-document", "pointer",
      ("no member 'data'", "The body has 'room' at the top", '{"data": {"type": "rooms"')),
    M("attributes beside type", "POST /rooms", json.dumps({"data": {"type": "rooms", **ROOM}}), "422 missing-member",
      "pointer /data", ("'name' is required", 'add "name" to attributes', "It stands beside type")),
    M("data as an array", "POST /rooms", json.dumps({"data": [{"type": "rooms", "attributes": ROOM}]}),
      "400 invalid-document", "pointer /data", ("not an array", '{"data": {"type": "rooms"', "square brackets")),
    M("data as null", "POST /rooms", '{"data": null}', "400 invalid-document", "pointer /data",
      ("not null", '{"data": {"type": "rooms"')),
    M("attributes as an array", "POST /rooms", '{"data": {"type": "rooms", "attributes": []}}', "400 invalid-document",
      "pointer /data/attributes", ("not an array", '"attributes": {…}')),
    M("no attributes at all", "POST /rooms", document("rooms"), "422 missing-member", "pointer /data",
      ("'name' is required", 'add "name" to attributes', "at least 4 characters")),
    M("no type", "POST /rooms", json.dumps({"data": {"attributes": ROOM}}), "400 invalid-document", "pointer /data",
      ("no member 'type'", '"type": "rooms"')),
    M("the type in the singular", "POST /rooms", document("room", None, ROOM), "409 type-conflict", "pointer /data/type",
      ("not 'room'", 'write "type": "rooms"'), None, "rooms"),
    M("the type capitalised", "POST /rooms", document("Rooms", None, ROOM), "409 type-conflict", "pointer /data/type",
      ("not 'Rooms'", 'write "type": "rooms"'), None, "rooms"),
    M("the type of another collection", "POST /rooms", document("modules", None, MODULE), "409 type-conflict",
      "pointer /data/type", ("must be 'rooms'", "goes to /modules")),
    M("the type as a number", "POST /rooms", document(1, None, ROOM), "400 invalid-document", "pointer /data/type",
      ("not the number 1", '"type": "rooms"')),
    M("the id as a number", "POST /rooms", document("rooms", 7, ROOM), "400 invalid-identifier", "pointer /data/id",
      ("not the number 7", '"id": "7"', "leave it out")),
    M("the id as a number in a PATCH", "PATCH /rooms/1", document("rooms", 1, ROOM), "400 invalid-identifier",
      "pointer /data/id", ("not the number 1", '"id": "1"')),
    M("no id in a PATCH", "PATCH /rooms/1", document("rooms", None, ROOM), "400 invalid-document", "pointer /data",
      ("no member 'id'", 'add "id": "1"')),
    M("another id than the URL's", "PATCH /rooms/1", document("rooms", "2", ROOM), "409 id-conflict", "pointer /data/id",
      ("for the id '1'", "has '2'", 'write "id": "1", or PATCH /rooms/2')),
    M("an id with a space", "POST /rooms", document("rooms", "room 7", ROOM), "422 invalid-id", "pointer /data/id",
      ("'room 7' cannot be an id", "Leave id out")),
    M("an id that is taken", "POST /rooms", document("rooms", "1", ROOM), "409 id-taken", "pointer /data/id",
      ("leave id out", "PATCH")),
    M("camelCase", "POST /users", document("users", None, {**without(NEW_USER, "first-name"), "firstName": "Eve"}),
      "422 missing-member", "pointer /data/attributes", ('add "first-name"', "there is 'firstName'")),
    M("snake_case", "POST /users", document("users", None, {**without(NEW_USER, "last-name"), "last_name": "Eve"}),
      "422 missing-member", "pointer /data/attributes", ('add "last-name"', "there is 'last_name'")),
    M("a relationship in attributes", "POST /modules", document("modules", None, {**MODULE, "teacher": "1"}),
      "422 missing-member", "pointer /data", ("It stands in attributes",
      '"teacher": {"data": {"type": "users", "id": "…"}} to relationships')),
    M("an attribute in relationships", "POST /rooms", document("rooms", None, {"name": "Lab 1"}, address="Street"),
      "422 missing-member", "pointer /data/attributes", ("It stands in relationships", 'add "address" to attributes')),
]  # fmt: skip

USERS_1 = '"teacher": {"data": {"type": "users", "id": "1"}}'
BOB = {"type": "users", "id": "2"}

LINKAGE = [
    M("an identifier without data", "POST /modules", teacher(ADA["data"]), "400 invalid-linkage",
      "pointer /data/relationships/teacher", ("no member 'data'", USERS_1)),
    M("a bare id as relationship", "POST /modules", teacher("1"), "400 invalid-linkage",
      "pointer /data/relationships/teacher", ("not '1'", USERS_1)),
    M("a number as relationship", "POST /modules", teacher(1), "400 invalid-linkage",
      "pointer /data/relationships/teacher", ("not the number 1", USERS_1)),
    M("a bare id as linkage", "POST /modules", teacher({"data": "1"}), "400 invalid-linkage",
      "pointer /data/relationships/teacher", ('by {"type": "users", "id": "1"}', "not by '1'")),
    M("a number as linkage", "POST /modules", teacher({"data": 1}), "400 invalid-linkage",
      "pointer /data/relationships/teacher", ('by {"type": "users", "id": "1"}', "not by the number 1")),
    M("an array for a to-one", "POST /modules", teacher({"data": [ADA["data"]]}), "400 invalid-linkage",
      "pointer /data/relationships/teacher", ("to-one", '{"type": "users", "id": "1"}', "not an array")),
    M("an object for a to-many", "POST /modules", students({"data": BOB}), "400 invalid-linkage",
      "pointer /data/relationships/students", ("to-many", '[{"type": "users", "id": "2"}]', "not an object")),
    M("a list of ids for a to-many", "POST /modules", students({"data": ["2"]}), "400 invalid-linkage",
      "pointer /data/relationships/students", ('by {"type": "users", "id": "2"}', "not by '2'")),
    M("an array as relationship", "POST /modules", students([BOB]), "400 invalid-linkage",
      "pointer /data/relationships/students", ('"students": {"data": [{"type": "users", "id": "2"}]}', "not an array")),
    M("null for a to-many", "POST /modules", students({"data": None}), "400 invalid-linkage",
      "pointer /data/relationships/students", ("must be an array", "not null")),
    M("an identifier without type", "POST /modules", teacher({"data": {"id": "1"}}), "400 invalid-identifier",
      "pointer /data/relationships/teacher", ("no 'type'", '{"type": "users", "id": "1"}')),
    M("an identifier without id", "POST /modules", teacher({"data": {"type": "users"}}), "400 invalid-identifier",
      "pointer /data/relationships/teacher", ("no 'id'", '{"type": "users", "id": "1"}')),
    M("an identifier in the singular", "POST /modules", teacher({"data": {"type": "user", "id": "1"}}),
      "409 type-conflict", "pointer /data/relationships/teacher",
      ("not to 'user'", 'write {"type": "users", "id": "1"}'), None, "users"),
    M("an identifier of the role", "POST /modules", teacher({"data": {"type": "teachers", "id": "1"}}),
      "409 type-conflict", "pointer /data/relationships/teacher", ('write {"type": "users", "id": "1"}',), None, "users"),
    M("linkage of another type", "POST /modules", teacher({"data": {"type": "rooms", "id": "1"}}), "409 type-conflict",
      "pointer /data/relationships/teacher", ("is to 'users', not to 'rooms'",), None, "users"),
    M("an id that there is not", "POST /modules", teacher({"data": {"type": "users", "id": "99"}}),
      "404 unknown-resource", "pointer /data/relationships/teacher", ("'99', which does not exist", "'2' and '1'")),
    M("an unset id in linkage", "POST /modules", teacher({"data": {"type": "users", "id": "undefined"}}),
      "404 unknown-resource", "pointer /data/relationships/teacher", ("'undefined'", UNSET)),
    M("null for a required relationship", "POST /modules", teacher({"data": None}), "422 null-not-allowed",
      "pointer /data/relationships/teacher", ("cannot be null", "one of the users")),
    M("a student as teacher", "POST /modules", teacher({"data": BOB}), "422 relationship-refused",
      "pointer /data/relationships/teacher", ("whose role is 'teacher'", "the role of '2' is 'student'", "name another")),
    M("a teacher as student", "POST /modules", students({"data": [ADA["data"]]}), "422 relationship-refused",
      "pointer /data/relationships/students", ("whose role is 'student'", "the role of '1' is 'teacher'")),
    M("a relationship beside attributes", "POST /modules", json.dumps({"data": json.loads(module())["data"] | {
      "relationships": {}, "teacher": ADA}}), "422 missing-member", "pointer /data/relationships",
      ("It stands beside type", '"teacher": {"data": {"type": "users", "id": "…"}} to relationships')),
    M("teacherId for a relationship", "POST /modules", json.dumps({"data": {"type": "modules", "attributes": {
      **MODULE}, "relationships": {"teacherId": ADA}}}), "422 missing-member", "pointer /data/relationships",
      ("there is 'teacherId'", '"teacher": {"data":')),
    M("linkage without data at its URL", "PATCH /modules/1/relationships/teacher", '{"type": "users", "id": "1"}',
      "400 invalid-document", "pointer", ('{"data": {"type": "users", "id": "1"}}', "put that into data")),
    M("an array at a to-many's URL", "PATCH /modules/1/relationships/students", json.dumps([BOB]),
      "400 invalid-document", "pointer", ('{"data": [{"type": "users", "id": "2"}]}', "not an array")),
    M("null at a required to-one's URL", "PATCH /modules/1/relationships/teacher", '{"data": null}',
      "403 required-relationship", "pointer /data", ("is required", "name another one")),
    M("POST to a to-one's URL", "POST /modules/1/relationships/teacher", json.dumps(ADA), "403 to-one-relationship", None,
      ('PATCH it with {"data": {"type": "users"',)),
    M("writing a room's sessions", "PATCH /rooms/1/relationships/sessions", '{"data": []}', "403 read-only-relationship",
      None, ("'sessions' of 'rooms' is read-only", "PATCH /sessions/<id>/relationships/room")),
]  # fmt: skip

VALUES = [
    M("a date in German", "POST /sessions", session(date="1.5.2019"), "422 invalid-date", "pointer /data/attributes/date",
      ("not '1.5.2019'", "the year comes first, write 2019-05-01T00:00")),
    M("date and time in German", "POST /sessions", session(date="01.05.2019, 10:30"), "422 invalid-date",
      "pointer /data/attributes/date", ("write 2019-05-01T10:30",)),
    M("a date in American", "POST /sessions", session(date="5/1/2019"), "422 invalid-date",
      "pointer /data/attributes/date", ("2019-05-01T10:00", "the year comes first")),
    M("a date without a time", "POST /sessions", session(date="2019-05-01"), "422 invalid-date",
      "pointer /data/attributes/date", ("the time is missing, write 2019-05-01T00:00",)),
    M("a space for the T", "POST /sessions", session(date="2019-05-01 10:00:00"), "422 invalid-date",
      "pointer /data/attributes/date", ("T instead of the space, 2019-05-01T10:00:00",)),
    M("a timestamp", "POST /sessions", session(date=1556704800000), "422 wrong-kind", "pointer /data/attributes/date",
      ("not the number 1556704800000", "new Date(1556704800000).toISOString()")),
    M("a timestamp in seconds as text", "POST /sessions", session(date="1556704800"), "422 invalid-date",
      "pointer /data/attributes/date", ("new Date(1556704800 * 1000).toISOString()",)),
    M("String(date)", "POST /sessions", session(date="Wed May 01 2019 10:00:00 GMT+0200"), "422 invalid-date",
      "pointer /data/attributes/date", ("date.toISOString()",)),
    M("an invalid Date", "POST /sessions", session(date="Invalid Date"), "422 invalid-date",
      "pointer /data/attributes/date", ("new Date() could not read",)),
    M("a day that there is not", "POST /sessions", session(date="2019-02-30T10:00"), "422 invalid-date",
      "pointer /data/attributes/date", ("the calendar or the clock does not have that",)),
    M("an empty date", "POST /sessions", session(date=""), "422 invalid-date", "pointer /data/attributes/date",
      ("2019-05-01T10:00", "not ''")),
    M("a semester that there is not", "POST /modules", module({**MODULE, "semester": "SS2019"}), "422 not-in-list",
      "pointer /data/attributes/semester", ("'SS18', 'WS18/19'", "not 'SS2019'", "did you mean 'SS19'?"), None, "SS19"),
    M("a semester in lower case", "POST /modules", module({**MODULE, "semester": "ss19"}), "422 not-in-list",
      "pointer /data/attributes/semester", ("not 'ss19'", "did you mean 'SS19'?"), None, "SS19"),
    M("a role in upper case", "POST /users", user(role="Teacher"), "422 not-in-list", "pointer /data/attributes/role",
      ("'teacher' and 'student'", "did you mean 'teacher'?"), None, "teacher"),
    M("a role that there is not", "POST /users", user(role="admin"), "422 not-in-list", "pointer /data/attributes/role",
      ("one of 'teacher' and 'student', not 'admin'",)),
    M("a short name", "POST /rooms", document("rooms", None, {**ROOM, "name": "Lab"}), "422 too-short",
      "pointer /data/attributes/name", ("at least 4 characters", "'Lab' has 3")),
    M("an empty name", "POST /rooms", document("rooms", None, {**ROOM, "name": ""}), "422 too-short",
      "pointer /data/attributes/name", ("at least 4 characters", "'' has 0")),
    M("a required attribute too few", "POST /modules", module(without(MODULE, "semester")), "422 missing-member",
      "pointer /data/attributes", ('add "semester" to attributes', "one of 'SS18', 'WS18/19'")),
    M("a required relationship too few", "POST /modules", document("modules", None, MODULE), "422 missing-member",
      "pointer /data", ("'teacher' is required", '"teacher": {"data": {"type": "users", "id": "…"}} to relationships')),
    M("null for a required attribute", "PATCH /rooms/1", document("rooms", "1", {"name": None}), "422 null-not-allowed",
      "pointer /data/attributes/name", ("cannot be null", "send a string of at least 4 characters")),
    M("capacity as a number", "POST /rooms", document("rooms", None, {**ROOM, "capacity": 30}), "422 wrong-kind",
      "pointer /data/attributes/capacity", ("a string, not the number 30", 'write "30" in quotes')),
    M("order as a string", "POST /contents", content(order="1"), "422 wrong-kind", "pointer /data/attributes/order",
      ("a whole number, not '1'", "write 1 without quotes")),
    M("order as an empty string", "POST /contents", content(order=""), "422 wrong-kind", "pointer /data/attributes/order",
      ("a whole number, not ''", "leave it out")),
    M("an email without @", "POST /users", user(email="ada"), "422 invalid-email", "pointer /data/attributes/email",
      ("such as name@example.org", "not 'ada'", "@")),
    M("an email that is taken", "POST /users", user(email="ADA@example.org"), "409 not-unique",
      "pointer /data/attributes/email", ("must be unique", "that of 'users' '1' already", "send another")),
    M("no password", "POST /users", document("users", None, without(NEW_USER, "password")), "422 missing-member",
      "pointer /data/attributes", ('add "password" to attributes',)),
    M("a password as a number", "POST /users", user(password=1234), "422 wrong-kind", "pointer /data/attributes/password",
      ("a string of at least 1 character, in double quotes",)),
    M("a student who teaches", "PATCH /users/2", document("users", "2", {}, teaches={"data": [
      {"type": "modules", "id": "1"}]}), "422 relationship-refused", "pointer /data/relationships/teaches",
      ("whose role is 'teacher'", "the role is 'student'", "leave 'teaches' out")),
    M("a teacher who becomes a student", "PATCH /users/1", document("users", "1", {"role": "student"}),
      "422 still-linked", "pointer /data/attributes/role", ("'teaches' still names the modules '1' and '2'",)),
]  # fmt: skip

PATHS = [
    M("PUT", "PUT /rooms/1", document("rooms", "1", ROOM), "405 method-not-allowed", None,
      ("GET, HEAD, PATCH, DELETE, OPTIONS", "PATCH changes what it names")),
    M("PUT on a collection", "PUT /rooms", GOOD, "405 method-not-allowed", None, ("POST makes", "/rooms/<id>")),
    M("POST with an id", "POST /rooms/1", GOOD, "405 method-not-allowed", None, ("POST goes to the collection, /rooms",)),
    M("PATCH of a collection", "PATCH /rooms", document("rooms", "1", ROOM), "405 method-not-allowed", None,
      ("put its id into the path: /rooms/<id>",)),
    M("DELETE of a collection", "DELETE /rooms", None, "405 method-not-allowed", None, ("/rooms/<id>",)),
    M("writing a related URL", "PATCH /modules/1/teacher", json.dumps(ADA), "405 method-not-allowed", None,
      ("at /modules/1/relationships/teacher",)),
    M("a reset by the address bar", "GET /reset-db", None, "405 method-not-allowed", None, ("curl -X POST", "method: 'POST'")),
    M("a forgotten YOUR_ID", "GET http://localhost/api/YOUR_ID/modules", None, "404 invalid-namespace", None,
      ("your student number", "/api/s1234/modules")),
    M("a forgotten :id as namespace", "GET http://localhost/api/:id/modules", None, "404 invalid-namespace", None,
      ("':id' stands for an id", "put the real one in its place")),
    M("a forgotten <your_id>", "GET http://localhost/api/%3Cyour_id%3E/modules", None, "404 invalid-namespace", None,
      ("'<your_id>' stands for an id",)),
    M("a forgotten :id", "GET /modules/:id", None, "404 unknown-resource", None, ("':id' stands for an id",)),
    M("a forgotten {id}", "GET /modules/%7Bid%7D", None, "404 unknown-resource", None, ("'{id}' stands for an id",)),
    M("a resource without namespace id", "GET http://localhost/api/modules/1", None, "404 unknown-type", None,
      ("no type '1'", "namespace id: it seems to be missing", "/api/<your_id>/modules/1"), None, "/api/<your_id>/modules/1"),
    M("a relationship without namespace id", "GET http://localhost/api/modules/1/teacher", None, "404 unknown-type", None,
      ("/api/<your_id>/modules/1/teacher",), None, "/api/<your_id>/modules/1/teacher"),
    M("POST without namespace id", "POST http://localhost/api/rooms", GOOD, "405 method-not-allowed", None,
      ("namespace id: it seems to be missing", "/api/<your_id>/rooms")),
    M("a version for the namespace id", "GET http://localhost/api/v3/users", None, "404 invalid-namespace", None,
      ("inside a namespace", "/api/<your_id>/v3")),
    M("no /api", "GET http://localhost/s1/modules", None, "404 unknown-path", None,
      ("did you mean /api/s1/modules?",), None, "/api/s1/modules"),
    M("no /api and no id", "GET http://localhost/modules", None, "404 unknown-path", None,
      ("did you mean /api/<your_id>/modules?",), None, "/api/<your_id>/modules"),
    M("/API", "GET http://localhost/API/s1/modules", None, "404 unknown-path", None, ("did you mean /api/s1/modules?",)),
    M("the base URL twice", "GET /api/s1/modules", None, "404 unknown-type", None, ("/api/s1 stands twice",)),
    M("an empty variable in the URL", "GET /modules//teacher", None, "404 unknown-path", None, ("two slashes", "empty")),
    M("a type in the singular", "GET /module", None, "404 unknown-type", None, ("did you mean 'modules'?",), None, "modules"),
    M("a type capitalised", "GET /Modules", None, "404 unknown-type", None, ("did you mean 'modules'?",), None, "modules"),
    M("a type misspelt", "GET /modulse", None, "404 unknown-type", None, ("did you mean 'modules'?",), None, "modules"),
    M("a type with .json", "GET /rooms.json", None, "404 unknown-type", None, ("did you mean 'rooms'?",), None, "rooms"),
    M("undefined as type", "GET /undefined", None, "404 unknown-type", None, ("'undefined'", UNSET)),
    M("undefined as id", "GET /modules/undefined", None, "404 unknown-resource", None, ("'undefined'", UNSET)),
    M("null as id", "DELETE /modules/null", None, "404 unknown-resource", None, ("'null'", UNSET)),
    M("NaN as id", "PATCH /rooms/NaN", document("rooms", "NaN", ROOM), "404 unknown-resource", None, ("'NaN'", UNSET)),
    M("an object as id", "GET /modules/[object%20Object]", None, "404 unknown-resource", None, ("write object.id",)),
    M("an id that there is not", "GET /modules/99", None, "404 unknown-resource", None, ("id '99'", "'2' and '1'")),
    M("a relationship misspelt", "GET /modules/1/teachers", None, "404 unknown-relationship", None,
      ("did you mean 'teacher'?",), None, "teacher"),
    M("an attribute as path", "GET /modules/1/name", None, "404 unknown-relationship", None,
      ("it is an attribute", "/modules/<id>")),
    M("relationships without name", "GET /modules/1/relationships", None, "404 unknown-path", None,
      ("name is missing", "/modules/<id>/relationships/<relationship>")),
    M("relationship in the singular", "GET /modules/1/relationship/teacher", None, "404 unknown-path", None,
      ("did you mean /modules/1/relationships/teacher?",), None, "/modules/1/relationships/teacher"),
    M("a related resource below its parent", "GET /modules/1/students/2", None, "404 unknown-path", None,
      ("did you mean /users/2?",), None, "/users/2"),
]  # fmt: skip

QUERIES = [
    M("a filter misspelt", "GET /modules?semster=SS19", None, "400 unknown-parameter", "parameter semster",
      ("did you mean 'semester'?",), None, "semester"),
    M("a filter in camelCase", "GET /users?firstName=Ada", None, "400 unknown-parameter", "parameter firstName",
      ("did you mean 'first-name'?",), None, "first-name"),
    M("filter[…] misspelt", "GET /modules?filter[semster]=SS19", None, "400 unknown-field", "parameter filter[semster]",
      ("did you mean 'semester'?",), None, "semester"),
    M("filter without brackets", "GET /modules?filter=SS19", None, "400 invalid-parameter", "parameter filter",
      ("filter[code]=…", "filter[name][operator]=value")),
    M("filter with a dot", "GET /modules?filter.semester=SS19", None, "400 unknown-parameter", "parameter filter.semester",
      ("did you mean 'filter[semester]'?",), None, "filter[semester]"),
    M("a bracket too few", "GET /modules?filter[code=WEB1", None, "400 invalid-parameter", "parameter filter[code",
      ("brackets", "filter[code]=…")),
    M("a path in brackets", "GET /modules?filter[teacher][email]=x", None, "400 invalid-parameter",
      "parameter filter[teacher][email]", ("write filter[teacher.email]",)),
    M("a path without filter", "GET /modules?teacher.email=x", None, "400 unknown-parameter", "parameter teacher.email",
      ("did you mean 'filter[teacher.email]'?",), None, "filter[teacher.email]"),
    M("the name of the seed's prose", "GET /modules?creator=1", None, "400 unknown-parameter", "parameter creator",
      ("did you mean 'teacher'?",), None, "teacher"),
    M("teacherId", "GET /modules?teacherId=1", None, "400 unknown-parameter", "parameter teacherId",
      ("did you mean 'teacher'?",), None, "teacher"),
    M("an operator misspelt", "GET /modules?filter[name][lik]=web", None, "400 invalid-parameter",
      "parameter filter[name][lik]", ("no filter operator 'lik'", "did you mean 'like'?"), None, "like"),
    M("gte", "GET /sessions?filter[date][gte]=2019-05-01T00:00", None, "400 invalid-parameter",
      "parameter filter[date][gte]", ("did you mean 'ge'?",), None, "ge"),
    M("contains", "GET /modules?filter[name][contains]=web", None, "400 invalid-parameter",
      "parameter filter[name][contains]", ("did you mean 'like'?",), None, "like"),
    M("a date without time in a filter", "GET /sessions?filter[date][ge]=2019-05-01", None, "400 invalid-parameter",
      "parameter filter[date][ge]", ("the time is missing, write 2019-05-01T00:00",)),
    M("a + in a URL", "GET /sessions?filter[date][ge]=2019-05-01T10:00:00+02:00", None, "400 invalid-parameter",
      "parameter filter[date][ge]", ("%2B", "encodeURIComponent")),
    M("a text for a number", "GET /contents?order=first", None, "400 invalid-parameter", "parameter order",
      ("a whole number, not 'first'",)),
    M("include misspelt", "GET /modules?include=teachr", None, "400 unknown-field", "parameter include",
      ("did you mean 'teacher'?",), None, "teacher"),
    M("include deeper misspelt", "GET /modules?include=sessions.rom", None, "400 unknown-field", "parameter include",
      ("'sessions' has no relationship 'rom'", "did you mean 'room'?"), None, "room"),
    M("include of an attribute", "GET /modules?include=name", None, "400 unknown-field", "parameter include",
      ("an attribute, not a relationship", "'teacher', 'students'")),
    M("include of a type", "GET /modules?include=users", None, "400 unknown-field", "parameter include",
      ("'modules' has no relationship 'users'", "'teacher', 'students'")),
    M("the parameter include misspelt", "GET /modules?inlcude=teacher", None, "400 unknown-parameter", "parameter inlcude",
      ("did you mean 'include'?",), None, "include"),
    M("expand", "GET /modules?expand=teacher", None, "400 unknown-parameter", "parameter expand",
      ("did you mean 'include'?",), None, "include"),
    M("sort misspelt", "GET /modules?sort=nam", None, "400 unknown-field", "parameter sort",
      ("did you mean 'name'?",), None, "name"),
    M("sort by name asc", "GET /modules?sort=name%20asc", None, "400 invalid-parameter", "parameter sort",
      ("write sort=name",), None, "name"),
    M("sort by name:desc", "GET /modules?sort=name:desc", None, "400 invalid-parameter", "parameter sort",
      ("write sort=-name",), None, "-name"),
    M("sort by a relationship", "GET /modules?sort=teacher", None, "400 unknown-field", "parameter sort",
      ("it is a relationship: write teacher.email",), None, "teacher.email"),
    M("sort by a to-many", "GET /modules?sort=students", None, "400 unknown-field", "parameter sort",
      ("a relationship to many", "'id', 'code', 'name' and 'semester'")),
    M("orderBy", "GET /modules?orderBy=name", None, "400 unknown-parameter", "parameter orderBy",
      ("did you mean 'sort'?",), None, "sort"),
    M("fields misspelt", "GET /modules?fields[modules]=nam", None, "400 unknown-field", "parameter fields[modules]",
      ("did you mean 'name'?",), None, "name"),
    M("fields of a type misspelt", "GET /modules?fields[module]=name", None, "400 unknown-field",
      "parameter fields[module]", ("did you mean 'modules'?",), None, "modules"),
    M("fields without a type", "GET /modules?fields=name", None, "400 invalid-parameter", "parameter fields",
      ("write fields[modules]=code",)),
    M("page=2", "GET /modules?page=2", None, "400 unknown-parameter", "parameter page",
      ("did you mean 'page[number]=2'?", "page[size]"), None, "page[number]"),
    M("page[size]=0", "GET /modules?page[size]=0", None, "400 invalid-parameter", "parameter page[size]",
      ("from 1 to 1000, not '0'",)),
    M("page[number]=0", "GET /modules?page[number]=0", None, "400 invalid-parameter", "parameter page[number]",
      ("from 1 up, not '0'",)),
    M("a page too large", "GET /modules?page[size]=5000", None, "400 max-size-exceeded", "parameter page[size]",
      ("at most 1000, not 5000",)),
    M("limit", "GET /modules?limit=10", None, "400 unknown-parameter", "parameter limit",
      ("did you mean 'page[limit]'?",), None, "page[limit]"),
    M("per_page", "GET /modules?per_page=10", None, "400 unknown-parameter", "parameter per_page",
      ("did you mean 'page[size]'?",), None, "page[size]"),
    M("a search word", "GET /modules?q=web", None, "400 unknown-parameter", "parameter q",
      ("did you mean 'filter[code][like]'?",), None, "filter[code][like]"),
    M("password without email", "GET /users?password=secret", None, "400 invalid-parameter", "parameter password",
      ("together with one 'email'", "?email=…&password=…")),
    M("username and password", "GET /users?username=ada&password=secret", None, "400 unknown-parameter",
      "parameter username", ("neither a query parameter nor an attribute", "'email'")),
    M("a filter of one resource", "GET /modules/1?semester=SS19", None, "400 unknown-parameter", "parameter semester",
      ("belong to a collection", "GET /modules?semester=…")),
    M("a sort of one resource", "GET /modules/1?sort=name", None, "400 unknown-parameter", "parameter sort",
      ("belongs to a collection", "leave it out")),
]  # fmt: skip

REFUSED = [*HEADERS, *TEXTS, *DOCUMENTS, *LINKAGE, *VALUES, *PATHS, *QUERIES]

TOLERATED = [
    M("application/json", "POST /rooms", GOOD, "201 unsupported-media-type", "header Content-Type",
      (CURL, FETCH), {"Content-Type": "application/json"}),
    M("a trailing slash", "GET /modules/", None, "200", None, ()),
    M("a number as id in linkage", "POST /modules", teacher({"data": {"type": "users", "id": 1}}), "201 id-coerced",
      "pointer /data/relationships/teacher", ("the id 1 is a number", '"id": "1"')),
    M("an empty id", "POST /rooms", document("rooms", "", ROOM), "201 id-coerced", "pointer /data/id", ("leave it out",)),
    M("camelCase in a PATCH", "PATCH /users/1", document("users", "1", {"firstName": "Eve"}), "200 unknown-member",
      "pointer /data/attributes/firstName", ("did you mean 'first-name'?", "ignored")),
    M("an attribute misspelt", "PATCH /rooms/1", document("rooms", "1", {"adress": "Street"}), "200 unknown-member",
      "pointer /data/attributes/adress", ("did you mean 'address'?",)),
    M("a relationship in attributes", "PATCH /modules/1", document("modules", "1", {"teacher": "1"}), "200 unknown-member",
      "pointer /data/attributes/teacher", ("belongs into relationships", USERS_1)),
    M("teacher-id in attributes", "PATCH /modules/1", document("modules", "1", {"teacher-id": "1"}), "200 unknown-member",
      "pointer /data/attributes/teacher-id", ("belongs into relationships", USERS_1)),
    M("relationships in attributes", "PATCH /modules/1", document("modules", "1", {"relationships": {}}),
      "200 unknown-member", "pointer /data/attributes/relationships", ("stands beside attributes, not in it",)),
    M("an attribute in relationships", "PATCH /rooms/1", document("rooms", "1", None, name="Lab 1"), "200 unknown-member",
      "pointer /data/relationships/name", ("belongs into attributes",)),
    M("an attribute beside type", "PATCH /rooms/1", '{"data": {"type": "rooms", "id": "1", "name": "Lab 1"}}',
      "200 unknown-member", "pointer /data/name", ("stands beside type", "belongs into attributes")),
    M("null for an optional attribute", "PATCH /rooms/1", document("rooms", "1", {"capacity": None}),
      "200 null-not-allowed", "pointer /data/attributes/capacity", ("leave it out, or send a string",)),
    M("writing a room's sessions", "PATCH /rooms/1", document("rooms", "1", None, sessions={"data": []}),
      "200 read-only-ignored", "pointer /data/relationships/sessions", ("PATCH /sessions/<id>/relationships/room",)),
    M("creator", "PATCH /modules/1", document("modules", "1", None, creator=ADA), "200 alias-used",
      "pointer /data/relationships/creator", ("'creator' was taken for 'teacher'",)),
    M("a filter that nothing can match", "GET /modules?semester=SS2019", None, "200 unmatchable-value",
      "parameter semester", ("'SS18', 'WS18/19'", "did you mean 'SS19'?")),
    M("a cache buster", "GET /modules?_=1556704800", None, "200 ignored-parameter", "parameter _", ("Leave it out",)),
    M("no namespace id at all", "GET http://localhost/api/modules", None, "200", None, ()),
]  # fmt: skip


class Anchors(HTMLParser):
    def __init__(self, page):
        super().__init__()
        self.found = set()
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        self.found.add(dict(attributes).get("id"))


@pytest.fixture(scope="module")
def classroom(tmp_path_factory):
    """(app, client, what is in its namespace, anchors of the page of errors); no refused request changes any of it."""
    app = create_app({"INSTANCE_PATH": str(tmp_path_factory.mktemp("classroom"))})
    client = Client(in_process(app))
    furnish(client)
    return app, client, state(client), Anchors(app.test_client().get("/docs/errors").text).found


def make(app, mistake):
    method, url = mistake.request.split(" ")
    path = url.removeprefix("http://localhost") if url.startswith("http") else f"/api/s1{url}"
    return ask(app, method, path, mistake.body, mistake.headers)


def check(mistake, answer):
    """That the answer has the finding of the row."""
    assert answer.status == int(mistake.answer[:3]), answer
    found = [finding for what, where, finding in findings(answer) if (what, where) == (mistake.answer, mistake.where)]
    assert found, answer
    for words in mistake.says:
        assert words in found[0]["detail"]
    if mistake.suggests:
        assert found[0]["meta"]["suggestions"][0] == mistake.suggests


def by_name(mistakes):
    return pytest.mark.parametrize(
        "mistake", [pytest.param(row, id=f"{row.request.split()[0]} {row.name}") for row in mistakes]
    )


@by_name(REFUSED)
def test_a_mistake_is_refused_with_its_cause_and_its_mend(classroom, mistake):
    app, client, before, anchors = classroom
    answer = make(app, mistake)
    check(mistake, answer)
    for error in answer.errors:
        page, _, anchor = error["links"]["about"].partition("#")
        assert (page, anchor in anchors) == ("http://localhost/docs/errors", True)
    assert state(client) == before


@by_name(TOLERATED)
def test_a_mistake_that_is_tolerated_is_carried_out_and_named(app, client, mistake):
    furnish(client)
    answer = make(app, mistake)
    if mistake.where:
        check(mistake, answer)
    else:
        assert (answer.status, answer.warnings) == (int(mistake.answer), [])


@pytest.mark.parametrize(
    ("request_", "body", "allowed"),
    [
        ("GET /teachers", None, ["contents", "modules", "news", "rooms", "sessions", "users"]),
        ("GET /modules/1/x", None, ["teacher", "students", "news", "sessions", "contents"]),
        ("GET /modules?include=x", None, ["teacher", "students", "news", "sessions", "contents"]),
        ("GET /modules?sort=x", None, ["id", "code", "name", "semester"]),
        ("GET /rooms?fields[rooms]=x", None, ["name", "address", "capacity", "features", "sessions"]),
        ("GET /modules?filter[name][x]=1", None, ["eq", "ne", "in", "lt", "le", "gt", "ge", "like"]),
        ("GET /rooms?page=x", None, [f"page[{name}]" for name in ("number", "size", "offset", "limit", "after", "before")]),
        ("GET /rooms?x=1", None, ["fields", "filter", "include", "page", "sort", "id", "name", "address", "capacity",
                                  "features", "sessions"]),
        ("POST /users", user(role="x"), ["teacher", "student"]),
        ("POST /modules", module(without(MODULE, "semester")), ["SS18", "WS18/19", "SS19", "WS19/20"]),
        ("PUT /rooms/1", GOOD, ["GET", "HEAD", "PATCH", "DELETE", "OPTIONS"]),
    ],
)  # fmt: skip
def test_what_is_possible_is_in_meta_allowed(classroom, request_, body, allowed):
    app = classroom[0]
    method, path = request_.split(" ")
    [error] = ask(app, method, f"/api/s1{path}", body).errors
    assert error["meta"]["allowed"][: len(allowed)] == allowed  # the check-in types come after the course's
    assert len(allowed) == len(error["meta"]["allowed"]) or request_ == "GET /teachers"


def test_every_mistake_has_a_name_of_its_own_and_words_to_look_for():
    rows = [*REFUSED, *TOLERATED]
    for table in (REFUSED, TOLERATED):
        names = [(row.request.split()[0], row.name) for row in table]
        assert sorted(set(names)) == sorted(names)
    assert [row.name for row in rows if not isinstance(row.says, tuple) or row.where and not row.says] == []
