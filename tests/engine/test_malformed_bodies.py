"""Malformed bodies: never a failure of the service, always an error document that points at the place."""

import gzip
import http.client
import json
import socket

import pytest

from jsonapi_course import create_app

from ..client import MEDIA_TYPE, Answer, Client, in_process
from ..conftest import running_server
from ..specification.answers import at, refusal, send
from ..toys import load_toys

AUTHOR, TAGS = "/articles/1/relationships/author", "/articles/1/relationships/tags"
WRITES = [
    ("POST", "/articles"),
    ("PATCH", "/articles/1"),
    ("PATCH", AUTHOR),
    ("PATCH", TAGS),
    ("POST", TAGS),
    ("DELETE", TAGS),
]
RESOURCES, TO_MANY = WRITES[:2], WRITES[3:]


@pytest.fixture(scope="module")
def toys(tmp_path_factory):
    """A namespace that every request of this file must leave as it is."""
    client = Client(in_process(create_app({"INSTANCE_PATH": str(tmp_path_factory.mktemp("toys"))}, load_toys)))
    client.create("people", {"name": "Ada"})
    client.create("tags", {"label": "one"})
    client.create("articles", {"title": "Plain"}, author=("people", "1"), tags=[("tags", "1")])
    before = [client.get(path).body for path in ("/articles", "/people", "/tags")]
    yield client
    assert [client.get(path).body for path in ("/articles", "/people", "/tags")] == before


# --- text that is not JSON --------------------------------------------------------------------------
def wrapped(value):
    """A resource's document with the text of a value in an attribute."""
    return b'{"data": {"type": "articles", "id": "1", "attributes": {"word-count": ' + value + b"}}}"


PLACE = "/data/attributes/word-count"

NOT_JSON = {
    "single quotes": b"{'data': null}",
    "single-quoted text": b"{\"data\": 'x'}",
    "a comma too many": b'{"data": null,}',
    "a comma too many in an array": b'{"data": [1, ]}',
    "a comma too few": b'{"data": {"type": "articles" "id": "1"}}',
    "a comment": b'{"data": null /* nothing */}',
    "a comment to the line's end": b'{"data": null} // nothing',
    "a name without quotes": b"{data: null}",
    "undefined": b'{"data": undefined}',
    "Python's None": b'{"data": None}',
    "True": wrapped(b"True"),
    "a leading zero": wrapped(b"01"),
    "a plus": wrapped(b"+1"),
    "a hexadecimal number": wrapped(b"0x10"),
    "a number that ends in a point": wrapped(b"1."),
    "a number that begins with a point": wrapped(b".5"),
    "text after the end": b'{"data": null} more',
    "two values": b'{"data": null}{"data": null}',
    "a bracket too many": b'{"data": null}}',
    "cut short in an object": b'{"data": {"type": "articles"',
    "cut short in a text": b'{"data": "artic',
    "cut short after a name": b'{"data":',
    "only a bracket": b"{",
    "the wrong bracket": b'{"data": null]',
    "a line break in a text": b'{"data": "a\nb"}',
    "a tab in a text": b'{"data": "a\tb"}',
    "an escape that there is not": b'{"data": "\\x41"}',
    "half an escape": b'{"data": "\\u12"}',
    "a form": b"title=New&body=text",
    "multipart": b'--x\r\nContent-Disposition: form-data; name="title"\r\n\r\nNew\r\n--x--\r\n',
    "HTML": b"<!doctype html><p>data",
    "[object Object]": b"[object Object]",
    "YAML": b"data:\n  type: articles\n",
    "a bare word": b"data",
    "invalid UTF-8": b'{"data": "\xff\xfe"}',
    "a byte of Latin-1": '{"data": "é"}'.encode("latin-1"),
    "an overlong UTF-8 character": b'{"data": "\xc0\xaf"}',
    "a surrogate in UTF-8": b'{"data": "\xed\xa0\x80"}',
    "a UTF-8 character cut short": b'{"data": "\xc3',
    "UTF-16 with its mark": '{"data": null}'.encode("utf-16"),
    "UTF-16 without its mark": '{"data": null}'.encode("utf-16-le"),
    "UTF-16 the other way round": '{"data": null}'.encode("utf-16-be"),
    "UTF-32": '{"data": null}'.encode("utf-32"),
    "two byte order marks": b'\xef\xbb\xbf\xef\xbb\xbf{"data": null}',
    "zero bytes around": b'\0{"data": null}\0',
    "only zero bytes": b"\0\0\0\0",
    "gzip": gzip.compress(b'{"data": null}'),
    "a control character as space": b'{"data":\x0b null}',
    "a no-break space": '{"data":\u00a0null}'.encode(),
}


@pytest.mark.parametrize(("method", "path"), WRITES)
@pytest.mark.parametrize("body", NOT_JSON.values(), ids=NOT_JSON)
def test_text_that_is_not_json_is_400(toys, method, path, body):
    assert refusal(send(toys, method, path, text=body)) == (400, ["malformed-json"])


@pytest.mark.parametrize(
    ("body", "where"),
    [
        (b"{'data': null}", "line 1, column 2"),
        (b'{\n  "data": null,\n}', "line 3, column 1"),
        (b'{\r\n"data": {"type": articles}}', "line 2, column 18"),
        (b' \n {"data": null} x', "line 2, column 17"),
        (b'{"data": "\xff"}', "byte 10"),
    ],
)
def test_the_detail_says_where(toys, body, where):
    (error,) = send(toys, "POST", "/articles", text=body).errors
    assert where in error["detail"]


@pytest.mark.parametrize(("method", "path"), WRITES)
@pytest.mark.parametrize("body", [None, b"", b" ", b"\r\n\t \n", b"\xef\xbb\xbf", b"\xef\xbb\xbf "])
def test_an_empty_body_is_400(toys, method, path, body):
    assert refusal(send(toys, method, path, text=body)) == (400, ["empty-body"])


# --- JSON that cannot be meant ----------------------------------------------------------------------
def nested(levels, opening, closing):
    """A value `levels` deep, as it stands in an attribute three levels down."""
    return opening * levels + b"1" + closing * levels


FORBIDDEN = {
    "a name given twice": (b'{"data": {"type": "articles", "type": "articles"}}', "/data"),
    "a name given twice at the top": (b'{"data": null, "data": null}', ""),
    "a name given twice by an escape": (b'{"data": {"id": "1", "\\u0069d": "2"}}', "/data"),
    "a name given twice inside an array": (b'{"data": [{}, {"a": 1, "a": 1}]}', "/data/1"),
    "NaN": (wrapped(b"NaN"), PLACE),
    "Infinity": (wrapped(b"Infinity"), PLACE),
    "-Infinity": (wrapped(b"-Infinity"), PLACE),
    "NaN at the top": (b"NaN", ""),
    "NaN as data": (b'{"data": NaN}', "/data"),
    "1e999": (wrapped(b"1e999"), PLACE),
    "-1e999": (wrapped(b"-1e999"), PLACE),
    "2 to the 63": (wrapped(b"9223372036854775808"), PLACE),
    "below -2 to the 63": (wrapped(b"-9223372036854775809"), PLACE),
    "a number of 5000 digits": (wrapped(b"9" * 5000), PLACE),
    "a number of 5000 digits as id": (b'{"data": {"type": "articles", "id": ' + b"1" * 5000 + b"}}", "/data/id"),
    "an escaped U+0000": (wrapped(b'"a\\u0000b"'), PLACE),
    "U+0000 as id": (b'{"data": {"type": "articles", "id": "1\\u0000"}}', "/data/id"),
    "U+0000 in a name": (b'{"data": {"attributes": {"a\\u0000b": 1}}}', "/data/attributes"),
    "a lone high surrogate": (wrapped(b'"\\ud800"'), PLACE),
    "a lone low surrogate": (wrapped(b'"\\udfff"'), PLACE),
    "surrogates the wrong way round": (wrapped(b'"\\udc00\\ud83d"'), PLACE),
    "a lone surrogate in a type": (b'{"data": {"type": "\\ud800"}}', "/data/type"),
    "a lone surrogate in a name": (b'{"data": {"attributes": {"\\ud800": 1}}}', "/data/attributes"),
    "30 arrays in an attribute": (wrapped(nested(30, b"[", b"]")), PLACE + "/0" * 29),
    "30 objects in an attribute": (wrapped(nested(30, b'{"a":', b"}")), PLACE + "/a" * 29),
    "33 arrays": (nested(33, b"[", b"]"), "/0" * 32),
    "100000 arrays": (nested(100_000, b"[", b"]"), None),
    "100000 objects": (nested(100_000, b'{"a":', b"}"), None),
    "100000 arrays without end": (b"[" * 100_000, None),
    "100000 arrays in an attribute": (wrapped(nested(100_000, b"[", b"]")), None),
}


@pytest.mark.parametrize(("method", "path"), WRITES)
@pytest.mark.parametrize(("body", "pointer"), FORBIDDEN.values(), ids=FORBIDDEN)
def test_json_with_what_cannot_be_stored_or_meant_is_400_at_its_pointer(toys, method, path, body, pointer):
    answer = send(toys, method, path, text=body)
    if pointer is not None:
        assert refusal(answer) == (400, [f"malformed-json pointer={pointer}"])
    else:
        # too deep to be walked: there is no place to name but the whole
        status, (code,) = refusal(answer)
        assert (status, code.partition(" ")[0]) == (400, "malformed-json")


def test_every_such_place_is_named(toys):
    body = b'{"data": {"type": "articles", "id": "\\u0000", "attributes": {"title": NaN, "body": "\\ud800"}}}'
    places = ["/data/id", "/data/attributes/title", "/data/attributes/body"]
    assert refusal(send(toys, "POST", "/articles", text=body)) == (
        400,
        [f"malformed-json pointer={place}" for place in places],
    )


@pytest.mark.parametrize(
    ("text", "status"),
    [
        (b'\xef\xbb\xbf{"data": {"type": "tags", "attributes": {"label": "x"}}}', 201),
        (b'\r\n {"data": {"type": "tags", "attributes": {"label": "x"}}} \n', 201),
        (b'{"data": {"type": "tags", "attributes": {"label": "\\ud83d\\udc0d"}}}', 201),
        (b'{"data": {"type": "tags", "attributes": {"label": "\\u007f\\u0001"}}}', 201),
        (b'{"data": {"type": "tags", "attributes": {"label": "x", "n": 9223372036854775807}}}', 201),
        (b'{"data": {"type": "tags", "attributes": {"label": "x", "n": 1e308}}}', 201),
        (b'{"data": {"type": "tags", "attributes": {"label": "x", "n": ' + nested(29, b"[", b"]") + b"}}}", 201),
        (b'{"data": {"type": "tags", "attributes": {"label": "x"}}, "included": [{"no": "id"}, 5, null]}', 201),
        (b'{"data": {"type": "articles", "attributes": {"title": "xx", "word-count": 9223372036854775807}}}', 422),
        (b'{"data": {"type": "articles", "attributes": {"title": "xx", "word-count": 1e308}}}', 422),
        (b'{"data": {"type": "articles", "attributes": {"title": "xx", "word-count": -0.0}}}', 201),
    ],
)
def test_what_is_only_unusual_is_read(make_app, text, status):
    client = Client(in_process(make_app(load_toys)))
    path = "/tags" if b"tags" in text else "/articles"
    assert send(client, "POST", path, text=text).status == status


# --- documents of the wrong structure ---------------------------------------------------------------
def refused(toys, method, path, document, status, *found):
    """Sends the document; the answer must be this refusal, whose pointers all lead somewhere in the document."""
    answer = send(toys, method, path, document)
    assert refusal(answer) == (status, list(found))
    for error in answer.errors:
        at(error["source"]["pointer"], document)


def labelled(*values):
    return [pytest.param(value, id=json.dumps(value)) for value in values]


@pytest.mark.parametrize(("method", "path"), WRITES)
@pytest.mark.parametrize("document", labelled([], "x", "", 5, 1.5, True, False, {}, {"errors": []}, [{"data": {}}]))
def test_a_document_without_data_is_400(toys, method, path, document):
    refused(toys, method, path, document, 400, "invalid-document pointer=")


@pytest.mark.parametrize(("method", "path"), WRITES)
def test_the_document_null_is_400(toys, method, path):
    assert refusal(send(toys, method, path, text=b"null")) == (400, ["invalid-document pointer="])


@pytest.mark.parametrize(("method", "path"), RESOURCES)
@pytest.mark.parametrize("data", labelled(None, [], "x", "", 5, 1.5, True, False, [{"type": "articles"}], [None]))
def test_data_that_is_no_resource_object_is_400(toys, method, path, data):
    refused(toys, method, path, {"data": data}, 400, "invalid-document pointer=/data")


def resource(**members):
    return {"data": {"type": "articles", "id": "1", **members}}


@pytest.mark.parametrize("value", labelled(None, [], "x", "", 5, 1.5, True, [{"title": "New"}]))
@pytest.mark.parametrize("member", ["attributes", "relationships"])
def test_attributes_and_relationships_that_are_no_objects_are_400(toys, member, value):
    found = f"invalid-document pointer=/data/{member}"
    refused(toys, "PATCH", "/articles/1", resource(**{member: value}), 400, found)
    document = {"data": {"type": "articles", "attributes": {"title": "New"}, member: value}}
    refused(toys, "POST", "/articles", document, 400, found)


def test_members_that_are_no_objects_hide_no_fault_of_the_others(toys):
    document = {"data": {"type": "articles", "attributes": {"title": 5}, "relationships": []}}
    found = ["wrong-kind pointer=/data/attributes/title", "invalid-document pointer=/data/relationships"]
    refused(toys, "POST", "/articles", document, 400, *reversed(found))
    document = {"data": {"type": "articles", "attributes": [], "relationships": {"author": 5}}}
    found = ["invalid-document pointer=/data/attributes", "invalid-linkage pointer=/data/relationships/author"]
    refused(toys, "POST", "/articles", document, 400, *found)


@pytest.mark.parametrize(("method", "path"), RESOURCES)
@pytest.mark.parametrize("type_", labelled(None, [], {}, 5, True, ["articles"]))
def test_a_type_that_is_no_string_is_400(toys, method, path, type_):
    document = {"data": {"type": type_, "attributes": {"title": "New"}}}
    if method == "PATCH":
        document["data"]["id"] = "1"
    refused(toys, method, path, document, 400, "invalid-document pointer=/data/type")


@pytest.mark.parametrize("id_", labelled(1, 1.5, -1, True, False, [], {}, ["1"], {"id": "1"}))
def test_an_id_that_is_no_string_is_400(toys, id_):
    refused(toys, "PATCH", "/articles/1", resource(id=id_), 400, "invalid-identifier pointer=/data/id")
    document = {"data": {"type": "articles", "id": id_, "attributes": {"title": "New"}}}
    refused(toys, "POST", "/articles", document, 400, "invalid-identifier pointer=/data/id")


def test_an_id_that_is_null_is_400_where_it_must_be_there(toys):
    refused(toys, "PATCH", "/articles/1", resource(id=None), 400, "invalid-identifier pointer=/data/id")


PERSON, TAG = {"type": "people", "id": "1"}, {"type": "tags", "id": "1"}


@pytest.mark.parametrize("name", ["author", "tags"])
@pytest.mark.parametrize(
    "value",
    labelled(None, [], "1", "", 5, 1.5, True, PERSON, [PERSON], {"id": "1"}, {"Data": None}, {"x": {"data": 1}}),
)
def test_a_relationship_that_is_no_relationship_object_is_400(toys, name, value):
    found = f"invalid-linkage pointer=/data/relationships/{name}"
    refused(toys, "PATCH", "/articles/1", resource(relationships={name: value}), 400, found)
    document = {"data": {"type": "articles", "attributes": {"title": "New"}, "relationships": {name: value}}}
    refused(toys, "POST", "/articles", document, 400, found)


@pytest.mark.parametrize(
    ("linkage", "code"),
    [
        *[(value, "invalid-linkage") for value in (5, "1", "", 1.5, True, [], [5], [None], [PERSON], [[]])],
        *[({**PERSON, "id": value}, "invalid-identifier") for value in (None, True, False, 1.5, [], {}, ["1"])],
        *[({**PERSON, "type": value}, "invalid-identifier") for value in (None, True, 5, [], {}, ["people"])],
        *[(value, "invalid-identifier") for value in ({}, {"id": "1"}, {"type": "people"}, {"Id": "1", "Type": "x"})],
    ],
)
def test_linkage_of_a_to_one_that_is_no_identifier_is_400(toys, linkage, code):
    refused(toys, "PATCH", AUTHOR, {"data": linkage}, 400, f"{code} pointer=/data")
    document = resource(relationships={"author": {"data": linkage}})
    refused(toys, "PATCH", "/articles/1", document, 400, f"{code} pointer=/data/relationships/author")


@pytest.mark.parametrize(
    ("linkage", "code"),
    [
        *[(value, "invalid-linkage") for value in (5, "1", "", 1.5, True, None, {}, TAG)],
        *[([value], "invalid-linkage") for value in (5, "1", "", 1.5, True, None, [], [TAG])],
        *[([{**TAG, "id": value}], "invalid-identifier") for value in (None, True, False, 1.5, [], {}, ["1"])],
        *[([{**TAG, "type": value}], "invalid-identifier") for value in (None, True, 5, [], {}, ["tags"])],
        *[([value], "invalid-identifier") for value in ({}, {"id": "1"}, {"type": "tags"}, {"Id": "1", "Type": "x"})],
        ([TAG, 5], "invalid-linkage"),
        ([TAG, {}], "invalid-identifier"),
    ],
)
def test_linkage_of_a_to_many_that_is_no_array_of_identifiers_is_400(toys, linkage, code):
    for method, path in TO_MANY:
        refused(toys, method, path, {"data": linkage}, 400, f"{code} pointer=/data")
    document = resource(relationships={"tags": {"data": linkage}})
    refused(toys, "PATCH", "/articles/1", document, 400, f"{code} pointer=/data/relationships/tags")


@pytest.mark.parametrize("id_", labelled("", " 1", "1 ", "01", "1.0", "é", "x" * 1000, "' OR 1=1", 0, -1, 2**63 - 1))
def test_linkage_to_an_id_that_there_is_not_is_404(toys, id_):
    refused(toys, "PATCH", AUTHOR, {"data": {**PERSON, "id": id_}}, 404, "unknown-resource pointer=/data")
    refused(toys, "POST", TAGS, {"data": [{**TAG, "id": id_}]}, 404, "unknown-resource pointer=/data")
    document = resource(relationships={"author": {"data": {**PERSON, "id": id_}}})
    refused(toys, "PATCH", "/articles/1", document, 404, "unknown-resource pointer=/data/relationships/author")


@pytest.mark.parametrize("value", labelled([], {}, "x", 5, 1.5, True, [None], {"data": None}))
def test_attributes_of_any_kind_are_checked_and_not_failed_at(toys, value):
    document = resource(attributes=dict.fromkeys(("title", "body", "written", "word-count", "state"), value))
    status, found = refusal(send(toys, "PATCH", "/articles/1", document))
    assert status == 422
    allowed = {"wrong-kind", "too-short", "not-in-list", "invalid-date"}
    assert {fault.split()[0] for fault in found} <= allowed
    assert len(found) >= 3


# --- over a real socket -----------------------------------------------------------------------------
LIMIT = 1048576
ROOM = b'{"data": {"type": "rooms", "attributes": {"name": "Room", "address": "Street"}}}'


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with running_server(tmp_path_factory.mktemp("server"), workers=1) as running:
        yield running
        assert "Traceback" not in running.log


def exchange(server, *headers, body=b""):
    """Sends the bytes as they are and closes our side; the Answer."""
    host, port = server.root.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=30) as connection:
        lines = ["POST /api/s1/rooms HTTP/1.1", f"Host: {host}:{port}", f"Content-Type: {MEDIA_TYPE}", *headers, "", ""]
        connection.sendall("\r\n".join(lines).encode() + body)
        connection.shutdown(socket.SHUT_WR)
        response = http.client.HTTPResponse(connection, method="POST")
        response.begin()
        return Answer(response.status, response.headers, response.read())


def chunked(*parts, last=b"0\r\n\r\n"):
    return b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in parts) + last


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ([f"Content-Length: {len(ROOM)}"], ROOM),
        (["Transfer-Encoding: chunked"], chunked(ROOM)),
        (["Transfer-Encoding: chunked"], chunked(*(ROOM[at : at + 1] for at in range(len(ROOM))))),
        (["Transfer-Encoding: Chunked"], chunked(ROOM[:7], ROOM[7:])),
        ([f"Content-Length: {LIMIT}"], ROOM + b" " * (LIMIT - len(ROOM))),
        (["Transfer-Encoding: chunked"], chunked(ROOM, b" " * (LIMIT - len(ROOM)))),
        ([f"Content-Length: {len(ROOM)}", "Expect: 100-continue"], ROOM),
    ],
    ids=[
        "with its length",
        "one chunk",
        "chunks of a byte",
        "two chunks",
        "at the limit",
        "chunks at the limit",
        "100",
    ],
)
def test_a_whole_body_is_read_however_it_comes(server, headers, body):
    answer = exchange(server, *headers, body=body)
    assert answer.status == 201, answer
    assert answer.data["attributes"]["name"] == "Room"


@pytest.mark.parametrize(
    ("headers", "body", "status", "code"),
    [
        ([f"Content-Length: {len(ROOM) + 1}"], ROOM, 400, "invalid-request"),
        (["Content-Length: 1000"], b"", 400, "invalid-request"),
        (["Content-Length: 10"], ROOM, 400, "malformed-json"),
        (["Content-Length: 0"], b"", 400, "empty-body"),
        ([], b"", 400, "empty-body"),
        (["Transfer-Encoding: chunked"], chunked(ROOM, last=b""), 400, "invalid-request"),
        (["Transfer-Encoding: chunked"], b"50\r\n" + ROOM[:20], 400, "invalid-request"),
        (["Transfer-Encoding: chunked"], b"zz\r\n" + ROOM, 400, "invalid-request"),
        (["Transfer-Encoding: chunked"], b"-1\r\n" + ROOM, 400, "invalid-request"),
        (["Transfer-Encoding: chunked"], b"5\r\n" + ROOM, 400, "invalid-request"),
        (["Transfer-Encoding: chunked"], b"", 400, "invalid-request"),
        (["Transfer-Encoding: chunked"], chunked(), 400, "empty-body"),
        ([f"Content-Length: {LIMIT + 1}"], b"", 413, "body-too-large"),
        ([f"Content-Length: {LIMIT + 1}"], ROOM + b" " * (LIMIT + 1 - len(ROOM)), 413, "body-too-large"),
        ([f"Content-Length: {10**18}"], b"", 413, "body-too-large"),
        (["Transfer-Encoding: chunked"], chunked(ROOM, b" " * (LIMIT + 1 - len(ROOM))), 413, "body-too-large"),
        (["Transfer-Encoding: chunked"], chunked(ROOM, *[b" " * 65536] * 40), 413, "body-too-large"),
    ],
    ids=[
        "a byte short",
        "nothing of what was announced",
        "more than was announced",
        "length 0",
        "no length",
        "chunks without end",
        "a chunk cut short",
        "a chunk size that is none",
        "a negative chunk size",
        "a chunk longer than its size",
        "no chunk at all",
        "only the last chunk",
        "a length over the limit",
        "a body over the limit",
        "a huge length",
        "chunks over the limit",
        "chunks far over the limit",
    ],
)
def test_a_body_that_does_not_come_whole_or_is_too_large_is_refused_in_a_document(server, headers, body, status, code):
    answer = exchange(server, *headers, body=body)
    assert refusal(answer) == (status, [code])
    assert server.client().get("/rooms?page[size]=1").status == 200


@pytest.mark.parametrize(
    "headers",
    [
        ["Content-Length: -1"],
        ["Content-Length: +5"],
        ["Content-Length: five"],
        ["Content-Length: 5, 6"],
        ["Content-Length: 5", "Content-Length: 6"],
        ["Content-Length: 5", "Transfer-Encoding: chunked"],
        ["Transfer-Encoding: chunked", "Transfer-Encoding: chunked"],
    ],
)
def test_a_request_that_is_no_http_is_refused_at_the_door(server, headers):
    """Smuggling: what could be read in two ways is not read."""
    answer = exchange(server, *headers, body=chunked(ROOM))
    assert answer.status in (400, 501), answer
    assert server.client().get("/rooms?page[size]=1").status == 200
