"""The extension Atomic Operations (https://jsonapi.org/ext/atomic), by its headings; the course's rules hold in it too."""

import json
from contextlib import contextmanager

import pytest

from jsonapi_course.engine import passwords

from ..client import MEDIA_TYPE, Client, in_process
from ..course.course import MODULE, PASSWORD, USER
from .answers import at, ids, refusal, warnings

ATOMIC = "https://jsonapi.org/ext/atomic"
WITH_ATOMIC = f'{MEDIA_TYPE};ext="{ATOMIC}"'
OPERATIONS = "/atomic:operations"
BASE = "http://localhost/api/s1"


def carry_out(client, *operations, path="/operations", **headers):
    headers = {"Content-Type": WITH_ATOMIC, "Accept": WITH_ATOMIC} | {
        name.replace("_", "-"): value for name, value in headers.items()
    }
    return client.request("POST", path, {"atomic:operations": list(operations)}, headers)


def results(answer):
    """The result objects of an answer that must be as the extension has it."""
    assert answer.status == 200, answer
    assert answer.headers["Content-Type"] == f'{MEDIA_TYPE}; ext="{ATOMIC}"'
    document = answer.json
    assert document.keys() <= {"jsonapi", "links", "atomic:results", "meta"}
    assert document["jsonapi"] == {"version": "1.1", "ext": [ATOMIC]}
    return document["atomic:results"]


def made(answer):
    """["type/id", …] of the resources in the results, None for an empty one."""
    return [f"{item['data']['type']}/{item['data']['id']}" if item else None for item in results(answer)]


def refused(answer):
    """(status, ["code pointer", …]) of an answer whose errors all lie in the request."""
    status, places = refusal(answer)
    return status, [place.replace(" pointer=", " ") for place in places]


def one(type_, id_):
    return {"type": type_, "id": id_}


def local(type_, lid):
    return {"type": type_, "lid": lid}


def add(type_, attributes, lid=None, id_=None, **linkage):
    data = {"type": type_, "attributes": attributes}
    data |= ({"lid": lid} if lid else {}) | ({"id": id_} if id_ else {})
    if linkage:
        data["relationships"] = {name.replace("_", "-"): {"data": value} for name, value in linkage.items()}
    return {"op": "add", "data": data}


def tag(label, **more):
    return add("tags", {"label": label}, **more)


def update(identifier, **attributes):
    return {"op": "update", "data": {**identifier, "attributes": attributes}}


def remove(identifier):
    return {"op": "remove", "ref": identifier}


def relate(op, identifier, name, data):
    return {"op": op, "ref": {**identifier, "relationship": name}, "data": data}


def state(client, *types):
    """Everything that the collections show."""
    return [client.get(f"/{type_}").json["data"] for type_ in types or ("articles", "people", "comments", "tags")]


# --- URI, Document Structure ------------------------------------------------------------------------
def test_the_document_of_results(toys):
    """Document Structure: results in place of operations; neither data nor included nor errors."""
    answer = carry_out(toys, tag("sql"), remove(one("tags", "1")))
    url = f"{BASE}/tags/1"
    links = {"self": f"{url}/relationships/articles", "related": f"{url}/articles"}
    assert answer.json == {
        "jsonapi": {"version": "1.1", "ext": [ATOMIC]},
        "links": {"self": f"{BASE}/operations", "describedby": "http://localhost/openapi.json"},
        "atomic:results": [
            {
                "data": {
                    "type": "tags",
                    "id": "1",
                    "attributes": {"label": "sql"},
                    "relationships": {"articles": {"links": links, "data": []}},
                    "links": {"self": url},
                }
            },
            {},
        ],
    }


@pytest.mark.parametrize("accept", [None, "*/*", MEDIA_TYPE, WITH_ATOMIC, f'text/html, {MEDIA_TYPE};ext="{ATOMIC}"'])
def test_the_answer_names_the_extension_whatever_accept_says(toys, accept):
    headers = {"Content-Type": WITH_ATOMIC} | ({"Accept": accept} if accept else {})
    answer = toys.request("POST", "/operations", {"atomic:operations": [tag("sql")]}, headers)
    assert made(answer) == ["tags/1"]


@pytest.mark.parametrize(
    "content_type",
    [
        MEDIA_TYPE,
        "application/json",
        f'{MEDIA_TYPE};profile="{ATOMIC}"',
        f'{MEDIA_TYPE};ext="https://example.org/other"',
        f'{MEDIA_TYPE};ext="{ATOMIC} https://example.org/other"',
        f'{MEDIA_TYPE};charset=utf-8;ext="{ATOMIC}"',
        f'text/plain;ext="{ATOMIC}"',
    ],
)
def test_a_content_type_without_the_extension_alone_is_415(toys, content_type):
    answer = carry_out(toys, tag("sql"), Content_Type=content_type)
    assert refusal(answer) == (415, ["unsupported-media-type header=Content-Type"])
    assert state(toys, "tags") == [[]]


@pytest.mark.parametrize("ext", ["https://example.org/other", f"{ATOMIC} https://example.org/other"])
def test_an_accept_of_other_extensions_only_is_406(toys, ext):
    answer = carry_out(toys, tag("sql"), Accept=f'{MEDIA_TYPE};ext="{ext}"')
    assert refusal(answer) == (406, ["not-acceptable header=Accept"])
    assert state(toys, "tags") == [[]]


def test_the_error_of_a_missing_extension_says_which_header_to_send(toys):
    (error,) = carry_out(toys, tag("sql"), Content_Type=MEDIA_TYPE).errors
    assert f'Content-Type: {MEDIA_TYPE}; ext="{ATOMIC}"' in error["detail"]


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE"])
def test_operations_are_posted(toys, method):
    """Processing: all requests MUST be issued with POST."""
    answer = toys.request(method, "/operations", headers={"Accept": MEDIA_TYPE})
    assert (answer.status, answer.headers["Allow"]) == (405, "POST, OPTIONS")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ([], ["invalid-document "]),
        (None, ["invalid-document "]),
        ("x", ["invalid-document "]),
        ({}, ["invalid-document "]),
        ({"data": {"type": "tags", "attributes": {"label": "x"}}}, ["invalid-document "]),
        ({"operations": []}, ["invalid-document "]),
        ({"atomic:operations": []}, [f"invalid-document {OPERATIONS}"]),
        ({"atomic:operations": {}}, [f"invalid-document {OPERATIONS}"]),
        ({"atomic:operations": None}, [f"invalid-document {OPERATIONS}"]),
        ({"atomic:operations": "x"}, [f"invalid-document {OPERATIONS}"]),
        (
            {"atomic:operations": [tag("x")], "data": None, "included": [], "atomic:results": [], "errors": []},
            ["invalid-document /data", "invalid-document /included"]
            + ["invalid-document /errors", "invalid-document /atomic:results"],
        ),
    ],
)
def test_a_body_that_is_no_document_of_operations_is_400(toys, body, expected):
    """Document Structure: one or more operations; data, included, errors and results MUST NOT stand beside them."""
    headers = {"Content-Type": WITH_ATOMIC}
    answer = toys.request("POST", "/operations", headers=headers, body=json.dumps(body).encode())
    assert refused(answer) == (400, expected)
    assert state(toys, "tags") == [[]]


def test_a_body_that_is_no_json_is_400(toys):
    answer = toys.request("POST", "/operations", headers={"Content-Type": WITH_ATOMIC}, body=b'{"atomic:operations": [')
    assert refusal(answer)[0] == 400


def test_members_that_the_extension_does_not_know_are_ignored(toys):
    operation = {**tag("x"), "meta": {"n": 1}, "extra": [], "@note": 1}
    body = {"atomic:operations": [operation], "meta": {"a": 1}, "links": {}, "jsonapi": {"version": "1.1"}, "more": 1}
    answer = toys.request("POST", "/operations", body, {"Content-Type": WITH_ATOMIC})
    assert (made(answer), warnings(answer)) == (["tags/1"], [])


def test_a_parameter_of_the_query_is_400(toys):
    answer = carry_out(toys, tag("x"), path="/operations?include=articles&label=x")
    assert refusal(answer) == (400, ["unknown-parameter parameter=include", "unknown-parameter parameter=label"])
    assert made(carry_out(toys, tag("x"), path="/operations/?_=17")) == ["tags/1"]


def test_500_operations_are_carried_out_and_501_are_413(toys):
    """Contract, Atomic operations."""
    operations = [tag(f"label {number}") for number in range(501)]
    answer = carry_out(toys, *operations)
    assert refused(answer) == (413, [f"too-many-operations {OPERATIONS}"])
    assert made(carry_out(toys, *operations[:500])) == [f"tags/{number}" for number in range(1, 501)]


# --- Operation Objects: malformed -------------------------------------------------------------------
TAG = {"type": "tags", "attributes": {"label": "x"}}
AUTHOR = {**one("articles", "1"), "relationship": "author"}

MALFORMED = [
    (None, "invalid-operation "),
    ([], "invalid-operation "),
    ("add", "invalid-operation "),
    ({}, "invalid-operation "),
    ({"data": TAG}, "invalid-operation "),
    ({"op": "create", "data": TAG}, "invalid-operation /op"),
    ({"op": None, "data": TAG}, "invalid-operation /op"),
    ({"op": ["add"], "data": TAG}, "invalid-operation /op"),
    ({"op": "ADD", "data": TAG}, "invalid-operation /op"),
    # the target
    ({"op": "update", "ref": one("tags", "1"), "href": "/tags/1", "data": TAG}, "invalid-operation "),
    ({"op": "add"}, "invalid-operation "),
    ({"op": "add", "data": None}, "invalid-operation "),
    ({"op": "add", "data": []}, "invalid-operation "),
    ({"op": "remove"}, "invalid-operation "),
    ({"op": "remove", "data": one("tags", "1")}, "invalid-operation "),
    ({"op": "update"}, "invalid-operation "),
    ({"op": "update", "data": TAG}, "invalid-operation /data"),
    ({"op": "update", "data": {**TAG, "id": 1}}, "invalid-operation /data/id"),
    ({"op": "add", "data": {}}, "invalid-operation /data"),
    ({"op": "add", "data": {"type": 1}}, "invalid-operation /data/type"),
    ({"op": "add", "data": {"type": "tag"}}, "unknown-type /data/type"),
    ({"op": "remove", "ref": None}, "invalid-operation /ref"),
    ({"op": "remove", "ref": "tags/1"}, "invalid-operation /ref"),
    ({"op": "remove", "ref": {}}, "invalid-operation /ref"),
    ({"op": "remove", "ref": {"id": "1"}}, "invalid-operation /ref"),
    ({"op": "remove", "ref": {"type": "tags"}}, "invalid-operation /ref"),
    ({"op": "remove", "ref": {"type": ["tags"], "id": "1"}}, "invalid-operation /ref/type"),
    ({"op": "remove", "ref": {"type": "tags", "id": 1}}, "invalid-operation /ref/id"),
    ({"op": "remove", "ref": {"type": "tags", "id": None}}, "invalid-operation /ref/id"),
    ({"op": "remove", "ref": one("tag", "1")}, "unknown-type /ref/type"),
    ({"op": "remove", "ref": local("tags", "a")}, "unknown-lid /ref/lid"),
    ({"op": "remove", "ref": {"type": "tags", "lid": 1}}, "unknown-lid /ref/lid"),
    ({"op": "add", "ref": one("tags", "1"), "data": TAG}, "invalid-operation /ref"),
    (
        {"op": "update", "ref": {**AUTHOR, "relationship": "autor"}, "data": None},
        "unknown-relationship /ref/relationship",
    ),
    ({"op": "update", "ref": {**AUTHOR, "relationship": 1}, "data": None}, "unknown-relationship /ref/relationship"),
    (
        {"op": "update", "ref": {**AUTHOR, "relationship": "title"}, "data": None},
        "unknown-relationship /ref/relationship",
    ),
    *(
        ({"op": "remove", "href": href}, "invalid-operation /href")
        for href in (None, 1, "/", "/tags/1?x=1", "/tags/1#x", "//tags/1", "/tags//1", "/articles/1/author")
    ),
    *(
        ({"op": "remove", "href": href}, "invalid-operation /href")
        for href in (
            "http://example.org/api/s1/tags/1",
            "https://localhost/api/s1/tags/1",
            "http://localhost/tags/1",
            "../s2/tags/1",
            "http://[",
            "/articles/1/links/author",
            "/articles/1/relationships/author/1",
        )
    ),
    ({"op": "remove", "href": "/api/s2/tags/1"}, "invalid-operation /href"),
    ({"op": "remove", "href": "/tag/1"}, "unknown-type /href"),
    ({"op": "remove", "href": ""}, "unknown-type /href"),
    ({"op": "remove", "href": "/articles/1/relationships/autor"}, "unknown-relationship /href"),
    # what does not go together
    ({"op": "add", "href": "/tags/1", "data": TAG}, "invalid-operation "),
    ({"op": "update", "href": "/tags", "data": {**TAG, "id": "1"}}, "invalid-operation "),
    ({"op": "remove", "href": "/tags"}, "invalid-operation "),
    (
        {"op": "add", "href": "/people", "data": {"type": "tags", "attributes": {"name": "x"}}},
        "type-conflict /data/type",
    ),
    ({"op": "update", "ref": one("tags", "1"), "data": {**TAG, "id": "2"}}, "id-conflict /data/id"),
    ({"op": "update", "ref": one("tags", "1"), "data": {**TAG, "lid": "a"}}, "id-conflict /data/lid"),
    # the data
    ({"op": "update", "ref": one("tags", "1")}, "invalid-operation "),
    ({"op": "update", "ref": one("tags", "1"), "data": None}, "invalid-operation /data"),
    ({"op": "update", "ref": one("tags", "1"), "data": TAG}, "invalid-document /data"),
    ({"op": "add", "href": "/tags", "data": [TAG]}, "invalid-operation /data"),
    ({"op": "add", "data": {"type": "tags", "attributes": []}}, "invalid-document /data/attributes"),
    ({"op": "add", "data": {"type": "tags", "attributes": {}}}, "missing-member /data/attributes"),
    ({"op": "add", "data": {"type": "tags"}}, "missing-member /data"),
    ({"op": "add", "data": {**TAG, "lid": 1}}, "invalid-operation /data/lid"),
    ({"op": "add", "data": {**TAG, "id": 1}}, "invalid-identifier /data/id"),
    ({"op": "add", "data": {**TAG, "id": "-"}}, "invalid-id /data/id"),
    ({"op": "update", "ref": AUTHOR}, "invalid-operation "),
    ({"op": "update", "ref": AUTHOR, "data": []}, "invalid-linkage /data"),
    ({"op": "update", "ref": AUTHOR, "data": {"type": "people"}}, "invalid-identifier /data"),
    ({"op": "update", "ref": AUTHOR, "data": one("tags", "1")}, "type-conflict /data"),
    ({"op": "update", "ref": AUTHOR, "data": local("people", "p")}, "unknown-lid /data"),
    ({"op": "add", "ref": {**AUTHOR, "relationship": "tags"}, "data": one("tags", "1")}, "invalid-linkage /data"),
    ({"op": "add", "ref": AUTHOR, "data": one("people", "1")}, "to-one-relationship "),
    ({"op": "remove", "ref": AUTHOR, "data": one("people", "1")}, "to-one-relationship "),
    (relate("add", one("people", "1"), "comments", []), "read-only-relationship "),
]


@pytest.mark.parametrize(("operation", "expected"), MALFORMED)
def test_a_malformed_operation_is_refused_where_it_is_wrong(shelf, operation, expected):
    """Processing Errors: malformed or incomplete, a pointer to the invalid operation; nothing is carried out."""
    before = state(shelf)
    answer = carry_out(shelf, tag("first"), operation, tag("last"))
    code, _, place = expected.partition(" ")
    status, places = refused(answer)
    assert places == [f"{code} {OPERATIONS}/1{place}"]
    assert status == int(answer.errors[0]["status"])
    at(answer.errors[0]["source"]["pointer"], {"atomic:operations": [0, operation]})  # raises where there is nothing
    assert state(shelf) == before


def test_statuses_of_malformed_operations(shelf):
    """Contract, Which status: structure 400, not found 404, another type or id 409, content 422, on principle 403."""
    statuses = {}
    for operation, _ in MALFORMED:
        (error,) = carry_out(shelf, operation).errors
        statuses.setdefault(int(error["status"]), set()).add(error["code"])
    assert statuses == {
        400: {"invalid-operation", "invalid-document", "invalid-linkage", "invalid-identifier", "unknown-lid"},
        403: {"to-one-relationship", "read-only-relationship"},
        404: {"unknown-type", "unknown-relationship"},
        409: {"type-conflict", "id-conflict"},
        422: {"missing-member", "invalid-id"},
    }


def test_all_faults_of_structure_and_content_come_in_one_answer(shelf):
    """Contract, Errors: all faults of a request; 400 if there is a 400 among them."""
    answer = carry_out(
        shelf,
        {"op": "create"},
        tag(""),
        add("articles", {"title": 1, "word-count": -1}, author=[], tags=[{"type": "tags"}]),
        tag("right"),
        {"op": "remove", "href": "/tagz/1"},
        relate("add", one("articles", "1"), "author", None),
        path="/operations?page[size]=1",
    )
    assert refusal(answer) == (
        400,
        [
            "unknown-parameter parameter=page[size]",
            f"invalid-operation pointer={OPERATIONS}/0/op",
            f"too-short pointer={OPERATIONS}/1/data/attributes/label",
            f"invalid-linkage pointer={OPERATIONS}/2/data/relationships/author",
            f"invalid-identifier pointer={OPERATIONS}/2/data/relationships/tags",
            f"wrong-kind pointer={OPERATIONS}/2/data/attributes/title",
            f"out-of-range pointer={OPERATIONS}/2/data/attributes/word-count",
            f"unknown-type pointer={OPERATIONS}/4/href",
            f"to-one-relationship pointer={OPERATIONS}/5",
        ],
    )


def test_warnings_point_into_their_operation(desk):
    answer = carry_out(
        desk,
        add("tags", {"label": "x", "colour": "red"}),
        relate("update", one("articles", "1"), "author", {"type": "people", "id": 3}),
    )
    assert warnings(answer) == [
        f"unknown-member pointer={OPERATIONS}/0/data/attributes/colour",
        f"id-coerced pointer={OPERATIONS}/1/data",
    ]
    assert made(answer) == ["tags/4", None]


def test_in_strict_mode_what_is_tolerated_is_an_error(shelf):
    answer = carry_out(shelf, add("tags", {"label": "x", "colour": "red"}), Prefer="handling=strict")
    assert refused(answer) == (422, [f"unknown-member {OPERATIONS}/0/data/attributes/colour"])


# --- Creating, Updating, Deleting Resources ---------------------------------------------------------
def test_adding_a_resource(desk):
    """Creating Resources: a result MUST contain the created resource, as GET shows it."""
    answer = carry_out(desk, add("articles", {"title": "New"}, author=one("people", "2"), tags=[one("tags", "3")]))
    (result,) = results(answer)
    assert result == {"data": desk.get("/articles/3").data}
    assert result["data"]["relationships"]["tags"]["data"] == [one("tags", "3")]


HREFS = [
    "{}",
    "/{}",
    "/{}/",
    "/api/s1/{}",
    "/api/S1/{}",
    "http://localhost/api/s1/{}",
    "HTTP://LOCALHOST/api/s1/{}/",
    "./{}",
    "../s1/{}",
]


@pytest.mark.parametrize("href", HREFS)
def test_hrefs_are_absolute_or_relative_to_server_or_namespace(desk, href):
    """Operation Objects: href is a URI-reference that identifies the target."""
    answer = carry_out(
        desk,
        {"op": "add", "href": href.format("tags"), "data": TAG},
        {"op": "update", "href": href.format("tags/4"), "data": {**one("tags", "4"), "attributes": {"label": "y"}}},
        {"op": "remove", "href": href.format("tags/1")},
        {"op": "update", "href": href.format("articles/1/relationships/author"), "data": None},
        {"op": "add", "href": href.format("articles/1/relationships/tags"), "data": [one("tags", "4")]},
        {"op": "remove", "href": href.format("articles/1/relationships/tags"), "data": [one("tags", "2")]},
        {"op": "remove", "href": href.format("articles/%78-1")},
    )
    assert made(answer) == ["tags/4", "tags/4", None, None, None, None, None]
    assert ids(desk.get("/tags")) == ["2", "3", "4"]
    assert desk.get("/tags/4").data["attributes"] == {"label": "y"}
    article = desk.get("/articles/1").data["relationships"]
    assert (article["author"]["data"], article["tags"]["data"]) == (None, [one("tags", "4")])
    assert ids(desk.get("/articles")) == ["1", "2", "10"]


def test_links_of_an_answer_behind_a_proxy_are_hrefs(make_app):
    client = Client(in_process(make_app(TRUSTED_PROXIES="1")))
    forwarded = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "school.example", "X-Forwarded-Prefix": "/sandbox"}
    room = {"type": "rooms", "attributes": {"name": "Room 1", "address": "Street 1"}}
    for href in ("https://school.example/sandbox/api/s1/rooms", "/sandbox/api/s1/rooms", "/rooms"):
        answer = carry_out(client, {"op": "add", "href": href, "data": room}, **forwarded)
        (result,) = results(answer)
        assert result["data"]["links"]["self"].startswith("https://school.example/sandbox/api/s1/rooms/")


@pytest.mark.parametrize("target", [{}, {"ref": one("people", "1")}, {"href": "/people/1"}])
def test_updating_a_resource(desk, target):
    """Updating Resources: by ref, by href or by its data alone; the result has the whole resource."""
    answer = carry_out(desk, {**update(one("people", "1"), name="Ada L."), **target})
    (result,) = results(answer)
    assert result == {"data": desk.get("/people/1").data}
    assert result["data"]["attributes"] == {"name": "Ada L."}
    assert result["data"]["relationships"]["best-friend"]["data"] == one("people", "2")


@pytest.mark.parametrize("target", [{"ref": one("articles", "1")}, {"href": "/articles/1"}])
def test_removing_a_resource(desk, target):
    """Deleting Resources: the result MUST have no data."""
    assert results(carry_out(desk, {"op": "remove", **target})) == [{}]
    assert desk.get("/articles/1").status == 404
    assert ids(desk.get("/comments")) == ["3"]


@pytest.mark.parametrize(
    "operation",
    [
        update(one("tags", "9"), label="x"),
        remove(one("tags", "9")),
        {"op": "remove", "href": "/tags/9"},
        relate("update", one("articles", "9"), "author", None),
        relate("add", one("articles", "9"), "tags", []),
    ],
)
def test_a_target_that_there_is_not_is_404(shelf, operation):
    answer = carry_out(shelf, tag("first"), operation)
    assert refused(answer) == (404, [f"unknown-resource {OPERATIONS}/1"])
    assert ids(shelf.get("/tags")) == ["1", "2", "3"]


# --- Updating To-One and To-Many Relationships ------------------------------------------------------
@pytest.mark.parametrize("data", [one("people", "3"), None])
def test_updating_a_to_one_relationship(desk, data):
    """Updating To-One Relationships: assigned or cleared; the result MUST have no data."""
    assert results(carry_out(desk, relate("update", one("articles", "1"), "author", data))) == [{}]
    assert desk.get("/articles/1/relationships/author").data == data


@pytest.mark.parametrize(
    ("op", "linked", "expected"),
    [
        ("add", ["3", "1"], ["1", "2", "3"]),
        ("add", [], ["1", "2"]),
        ("update", ["3", "2"], ["2", "3"]),
        ("update", [], []),
        ("remove", ["1", "3", "99"], ["2"]),
        ("remove", [], ["1", "2"]),
    ],
)
def test_updating_a_to_many_relationship(desk, op, linked, expected):
    """Updating To-Many Relationships: add members, replace all, remove; the result MUST have no data."""
    linkage = [one("tags", id_) for id_ in linked]
    assert results(carry_out(desk, relate(op, one("articles", "1"), "tags", linkage))) == [{}]
    assert ids(desk.get("/articles/1/relationships/tags")) == expected


@pytest.mark.parametrize(
    ("operation", "expected"),
    [
        (relate("update", one("articles", "1"), "author", one("people", "9")), (404, "unknown-resource", "/data")),
        (relate("add", one("articles", "1"), "tags", [one("tags", "9")]), (404, "unknown-resource", "/data")),
        (relate("update", one("comments", "1"), "article", None), (403, "required-relationship", "/data")),
        (
            relate("remove", one("articles", "1"), "comments", [one("comments", "1")]),
            (403, "required-relationship", "/data"),
        ),
        (relate("update", one("articles", "1"), "comments", []), (403, "required-relationship", "/data")),
    ],
)
def test_a_relationship_that_cannot_be_so_is_refused_as_alone(shelf, operation, expected):
    status, code, place = expected
    before = state(shelf)
    answer = carry_out(shelf, tag("first"), operation)
    assert refused(answer) == (status, [f"{code} {OPERATIONS}/1{place}"])
    assert state(shelf) == before


# --- Processing: in order, positionally, all or nothing ---------------------------------------------
def test_operations_are_carried_out_in_their_order(desk):
    """Processing: MUST perform operations in the order they appear; each result is of the state then."""
    answer = carry_out(
        desk,
        update(one("tags", "1"), label="one"),
        update(one("tags", "1"), label="two"),
        relate("add", one("articles", "2"), "tags", [one("tags", "1")]),
        update(one("tags", "1"), label="three"),
        remove(one("articles", "2")),
        update(one("tags", "1")),
        remove(one("tags", "1")),
        tag("new", id_="1"),
    )
    seen = [
        item and (item["data"]["attributes"]["label"], ids_of(item["data"]["relationships"]["articles"]["data"]))
        for item in results(answer)
    ]
    assert seen == [
        ("one", ["1"]),
        ("two", ["1"]),
        {},
        ("three", ["1", "2"]),
        {},
        ("three", ["1"]),
        {},
        ("new", []),
    ]


def ids_of(linkage):
    return [identifier["id"] for identifier in linkage]


@pytest.mark.parametrize(
    ("operations", "index"),
    [
        ([remove(one("tags", "1")), update(one("tags", "1"), label="x")], 1),
        ([remove(one("tags", "1")), remove(one("tags", "1"))], 1),
        ([relate("add", one("articles", "2"), "tags", [one("tags", "7")]), tag("x", id_="7")], 0),
        ([update(one("tags", "7"), label="x"), tag("x", id_="7")], 0),
    ],
)
def test_what_is_not_there_when_its_turn_comes_is_404(shelf, operations, index):
    before = state(shelf)
    (error,) = carry_out(shelf, *operations).errors
    assert (error["status"], error["code"]) == ("404", "unknown-resource")
    assert error["source"]["pointer"].split("/")[:3] == ["", "atomic:operations", str(index)]
    assert state(shelf) == before


def everything(failing):
    """Operations of each kind, and one that fails among them."""
    return [
        tag("new", lid="t"),
        add("articles", {"title": "New"}, tags=[local("tags", "t")], comments=[one("comments", "1")]),
        update(one("articles", "1"), title="Changed"),
        remove(one("articles", "2")),
        relate("update", one("articles", "1"), "author", None),
        relate("update", one("articles", "1"), "tags", [local("tags", "t")]),
        failing,
        remove(one("people", "1")),
    ]


@pytest.mark.parametrize(
    ("failing", "status", "place"),
    [
        ({"op": "increase"}, 400, "invalid-operation /op"),
        (tag(""), 422, "too-short /data/attributes/label"),
        (add("comments", {"text": "x"}), 422, "missing-member /data"),
        (remove(one("articles", "2")), 404, "unknown-resource "),
        (tag("x", id_="1"), 409, "id-taken /data/id"),
        (
            add("comments", {"text": "x"}, article=one("articles", "2")),
            404,
            "unknown-resource /data/relationships/article",
        ),
        (relate("update", one("comments", "1"), "article", None), 403, "required-relationship /data"),
        (add("accounts", {"email": "ADA@example.org"}), 409, "not-unique /data/attributes/email"),
    ],
)
def test_any_fault_undoes_everything(desk, failing, status, place):
    """Processing: a failure of any operation MUST invalidate the effects of the preceding ones."""
    desk.create("accounts", {"email": "ada@example.org"})
    before = state(desk, "articles", "people", "comments", "tags", "accounts")
    code, _, pointer = place.partition(" ")
    assert refused(carry_out(desk, *everything(failing))) == (status, [f"{code} {OPERATIONS}/6{pointer}"])
    assert state(desk, "articles", "people", "comments", "tags", "accounts") == before


def test_the_last_of_500_operations_undoes_the_others(toys):
    answer = carry_out(
        toys, *(tag(f"label {number}", lid=str(number)) for number in range(499)), remove(one("tags", "x"))
    )
    assert refused(answer) == (404, [f"unknown-resource {OPERATIONS}/499"])
    assert state(toys, "tags") == [[]]


def test_ids_of_operations_that_were_undone_are_given_again(toys):
    """Contract, course, Ids: counting up from 1; nothing was given."""
    assert carry_out(toys, tag("a"), tag("b", lid="b"), remove(one("people", "1"))).status == 404
    assert made(carry_out(toys, tag("a"))) == ["tags/1"]


# --- ids and lids -----------------------------------------------------------------------------------
def test_ids_are_given_in_the_order_of_the_operations_with_and_without_lid(toys):
    toys.create("tags", {"label": "before"})
    answer = carry_out(
        toys, tag("a"), tag("b", lid="x"), tag("c"), add("people", {"name": "Ada"}, lid="x"), tag("d", lid="y")
    )
    assert made(answer) == ["tags/2", "tags/3", "tags/4", "people/1", "tags/5"]
    assert toys.create("tags", {"label": "after"})["id"] == "6"


def test_ids_that_the_client_chose_are_not_given_to_others(toys):
    answer = carry_out(
        toys, tag("a", lid="a"), tag("b", id_="1"), tag("c", id_="x-1", lid="c"), tag("d"), tag("e", id_="2")
    )
    assert made(answer) == ["tags/3", "tags/1", "tags/x-1", "tags/4", "tags/2"]


def test_an_id_that_is_chosen_twice_is_taken(toys):
    answer = carry_out(toys, tag("a", id_="x"), tag("b", id_="x", lid="b"))
    assert refused(answer) == (409, [f"id-taken {OPERATIONS}/1/data/id"])


def test_a_lid_names_what_an_operation_before_has_made(toys):
    """Operation Objects, ref: type and lid, with or without relationship; in linkage and in data too."""
    ada = local("people", "ada")
    answer = carry_out(
        toys,
        add("people", {"name": "Ada"}, lid="ada"),
        tag("sql", lid="ada"),
        add("articles", {"title": "New"}, lid="1", author=ada, tags=[local("tags", "ada")]),
        add("comments", {"text": "x"}, article=local("articles", "1"), author=ada),
        {"op": "update", "ref": ada, "data": {**ada, "attributes": {"name": "Ada L."}}},
        update(local("articles", "1"), title="Newer"),
        relate("update", ada, "best-friend", ada),
        relate("update", local("articles", "1"), "tags", []),
        relate("add", local("articles", "1"), "tags", [local("tags", "ada")]),
        tag("gone", lid="gone"),
        remove(local("tags", "gone")),
    )
    assert made(answer)[:6] == ["people/1", "tags/1", "articles/1", "comments/1", "people/1", "articles/1"]
    assert results(answer)[6:9] == [{}, {}, {}]
    person, article = toys.get("/people/1").data, toys.get("/articles/1").data
    assert (person["attributes"], article["attributes"]["title"]) == ({"name": "Ada L."}, "Newer")
    assert person["relationships"]["best-friend"]["data"] == one("people", "1")
    assert ids_of(person["relationships"]["comments"]["data"]) == ["1"]
    assert ids_of(article["relationships"]["tags"]["data"]) == ["1"]
    assert ids(toys.get("/tags")) == ["1"]
    assert not any("lid" in item["data"] for item in results(answer) if item)


def test_a_lid_may_stand_beside_an_id_that_the_client_chose(toys):
    answer = carry_out(
        toys,
        add("people", {"name": "Ada"}, id_="ada", lid="p"),
        add("articles", {"title": "New"}, author=local("people", "p")),
    )
    assert made(answer) == ["people/ada", "articles/1"]
    assert toys.get("/articles/1/relationships/author").data == one("people", "ada")


def test_a_lid_and_an_id_of_the_same_text_are_two_resources(desk):
    answer = carry_out(
        desk,
        tag("new", lid="1"),
        relate("update", one("articles", "1"), "tags", [one("tags", "1"), local("tags", "1")]),
    )
    assert answer.status == 200, answer
    assert ids(desk.get("/articles/1/relationships/tags")) == ["1", "4"]


def test_linkage_may_name_what_a_later_operation_makes(toys):
    """To-one, required to-one, to-many of either kind; the results show it."""
    answer = carry_out(
        toys,
        add("comments", {"text": "x"}, lid="c", article=local("articles", "a"), author=local("people", "p")),
        add("people", {"name": "Ada"}, lid="p", articles=[local("articles", "a"), local("articles", "b")]),
        tag("sql", articles=[local("articles", "a"), local("articles", "b")]),
        add("articles", {"title": "First"}, lid="a", comments=[local("comments", "c")], tags=[local("tags", "t")]),
        add("articles", {"title": "Second"}, lid="b"),
        tag("http", lid="t"),
    )
    linked = {
        f"{item['data']['type']}/{item['data']['id']}": {
            name: ids_of(value["data"]) if isinstance(value["data"], list) else value["data"]["id"]
            for name, value in item["data"]["relationships"].items()
            if value["data"]
        }
        for item in results(answer)[:4]
    }
    assert linked == {
        "comments/1": {"article": "1", "author": "1"},
        "people/1": {"articles": ["1", "2"], "comments": ["1"]},
        "tags/1": {"articles": ["1", "2"]},
        "articles/1": {"author": "1", "comments": ["1"], "tags": ["1", "2"]},
    }
    for path in ("comments/1", "people/1", "tags/1", "articles/1"):
        shown = {
            name: ids_of(value["data"]) if isinstance(value["data"], list) else value["data"]["id"]
            for name, value in toys.get(f"/{path}").data["relationships"].items()
            if value["data"]
        }
        assert shown == linked[path]


def test_relationship_operations_may_name_what_a_later_operation_makes(desk):
    answer = carry_out(
        desk,
        relate("update", one("articles", "x-1"), "author", local("people", "p")),
        relate("add", one("articles", "1"), "tags", [local("tags", "t")]),
        relate("update", one("people", "3"), "articles", [one("articles", "2"), local("articles", "a")]),
        add("people", {"name": "New"}, lid="p"),
        tag("new", lid="t"),
        add("articles", {"title": "New"}, lid="a"),
    )
    assert made(answer) == [None, None, None, "people/4", "tags/4", "articles/3"]
    assert desk.get("/articles/x-1/relationships/author").data == one("people", "4")
    assert ids(desk.get("/articles/1/relationships/tags")) == ["1", "2", "4"]
    assert sorted(ids(desk.get("/people/3/relationships/articles"))) == ["2", "3"]


def test_what_a_later_operation_says_of_a_relationship_wins(toys):
    answer = carry_out(
        toys,
        add("people", {"name": "Ada"}, articles=[local("articles", "a")]),
        add("people", {"name": "Ben"}, lid="ben"),
        add("articles", {"title": "New"}, lid="a", author=local("people", "ben")),
    )
    assert made(answer) == ["people/1", "people/2", "articles/1"]
    assert toys.get("/articles/1/relationships/author").data == one("people", "2")
    assert ids_of(results(answer)[0]["data"]["relationships"]["articles"]["data"]) == []


@pytest.mark.parametrize("gone", ["a", "p"])
def test_what_was_named_before_it_was_made_may_be_removed_again(toys, gone):
    answer = carry_out(
        toys,
        add("articles", {"title": "New"}, lid="a", author=local("people", "p")),
        add("people", {"name": "Ada"}, lid="p"),
        remove(local("articles" if gone == "a" else "people", gone)),
    )
    assert made(answer) == ["articles/1", "people/1", None]
    assert (ids(toys.get("/articles")), ids(toys.get("/people"))) == (([], ["1"]) if gone == "a" else (["1"], []))
    if gone == "p":
        assert toys.get("/articles/1/relationships/author").data is None


@pytest.mark.parametrize(
    ("operations", "expected"),
    [
        ([tag("a", lid="x"), tag("b", lid="x")], ["invalid-operation 1/data/lid"]),
        (
            [tag("a", lid="x"), add("articles", {"title": "New"}, author=local("people", "x"))],
            ["unknown-lid 1/data/relationships/author"],
        ),
        ([tag("a", lid="x"), remove(local("people", "x"))], ["unknown-lid 1/ref/lid"]),
        ([tag("a", lid="x"), remove(local("tags", "X"))], ["unknown-lid 1/ref/lid"]),
        ([remove(local("tags", "x")), tag("a", lid="x")], ["unknown-lid 0/ref/lid"]),
        ([update(local("tags", "x"), label="y"), tag("a", lid="x")], ["unknown-lid 0/data/lid"]),
        (
            [relate("add", local("articles", "x"), "tags", []), add("articles", {"title": "New"}, lid="x")],
            ["unknown-lid 0/ref/lid"],
        ),
        ([tag("a", lid="x"), {"op": "update", "ref": local("tags", "x"), "data": TAG}], ["invalid-operation 1/data"]),
        (
            [tag("a", lid="x"), {"op": "update", "ref": local("tags", "x"), "data": {**TAG, "id": "1"}}],
            ["id-conflict 1/data/id"],
        ),
        (
            [
                tag("a", lid="x"),
                tag("b", lid="y"),
                {"op": "update", "ref": local("tags", "x"), "data": {**TAG, "lid": "y"}},
            ],
            ["id-conflict 2/data/lid"],
        ),
        (
            [add("articles", {"title": "New"}, tags=[local("tags", "x"), local("tags", "y")])],
            ["unknown-lid 0/data/relationships/tags", "unknown-lid 0/data/relationships/tags"],
        ),
    ],
)
def test_lids_that_are_given_twice_unknown_or_not_yet_made_are_refused(toys, operations, expected):
    status, places = refused(carry_out(toys, *operations))
    assert places == [place.replace(" ", f" {OPERATIONS}/") for place in expected]
    assert status == (409 if "id-conflict" in places[0] else 400)
    assert state(toys) == [[], [], [], []]


def test_a_lid_lives_in_one_request_only(toys):
    assert made(carry_out(toys, tag("a", lid="x"))) == ["tags/1"]
    assert refused(carry_out(toys, remove(local("tags", "x")))) == (400, [f"unknown-lid {OPERATIONS}/0/ref/lid"])


# --- the same rules as for single writes, with the course's types -----------------------------------
TEACHER = {**USER, "email": "teacher@example.org"}
STUDENT = {**USER, "email": "student@example.org", "role": "student"}


def user(attributes, lid=None, **linkage):
    return add("users", attributes, lid=lid, **linkage)


def module(lid=None, **linkage):
    return add("modules", MODULE, lid=lid, **linkage)


def content(title, lid=None, **linkage):
    return add("contents", {"title": title}, lid=lid, **linkage)


def test_a_course_is_made_in_one_request(client):
    """Users, rooms, a module and what it has, each named before or after it is made; passwords work."""
    web = local("modules", "web")
    answer = carry_out(
        client,
        module("web", teacher=local("users", "t"), students=[local("users", "s")]),
        user(TEACHER, "t"),
        user(STUDENT, "s"),
        add("rooms", {"name": "Room 1", "address": "Street 1"}, lid="r"),
        add("sessions", {"title": "Start", "date": "2019-05-01T10:00"}, module=web, room=local("rooms", "r")),
        add("news", {"title": "Hello", "date": "2019-05-01T10:00"}, module=web),
        content("Chapter 1.1", module=web, parent=local("contents", "1")),
        content("Chapter 1", "1", module=web),
        content("Chapter 1.2", module=web, parent=local("contents", "1")),
    )
    assert answer.status == 200, answer
    shown = client.get("/modules/1").data["relationships"]
    assert {name: value["data"] for name, value in shown.items()} == {
        "teacher": one("users", "1"),
        "students": [one("users", "2")],
        "news": [one("news", "1")],
        "sessions": [one("sessions", "1")],
        "contents": [one("contents", "1"), one("contents", "2"), one("contents", "3")],
    }
    assert ids(client.get("/contents?filter[parent]=2")) == ["1", "3"]
    for attributes, id_ in ((TEACHER, "1"), (STUDENT, "2")):
        assert ids(client.get(f"/users?email={attributes['email']}&password={PASSWORD.replace(' ', '%20')}")) == [id_]
    assert PASSWORD not in answer.body.decode()


T, S, M, N = local("users", "t"), local("users", "s"), local("modules", "m"), local("modules", "n")


@pytest.mark.parametrize(
    ("operations", "status", "expected"),
    [
        (
            [user(TEACHER), user({**STUDENT, "email": "TEACHER@example.org"})],
            409,
            "not-unique 1/data/attributes/email",
        ),
        ([user(STUDENT, "s"), module(teacher=S)], 422, "relationship-refused 1/data/relationships/teacher"),
        ([module(teacher=S), user(STUDENT, "s")], 422, "relationship-refused 0/data/relationships/teacher"),
        (
            [module("m", teacher=T), user(TEACHER, "t"), update(T, role="student")],
            422,
            "still-linked 2/data/attributes/role",
        ),
        (
            [user(STUDENT, teaches=[M]), user(TEACHER, "t"), module("m", teacher=T)],
            422,
            "relationship-refused 0/data/relationships/teaches",
        ),
        (
            [module(teacher=T, students=[T]), user(TEACHER, "t")],
            422,
            "relationship-refused 0/data/relationships/students",
        ),
        ([module()], 422, "missing-member 0/data"),
        ([module(teacher=None)], 422, "null-not-allowed 0/data/relationships/teacher"),
    ],
)
def test_rules_of_users_and_modules_hold(client, operations, status, expected):
    code, place = expected.split()
    assert refused(carry_out(client, *operations)) == (status, [f"{code} {OPERATIONS}/{place}"])
    assert state(client, "users", "modules") == [[], []]


def two_modules():
    return [user(TEACHER, "t"), module("m", teacher=T), module("n", teacher=T)]


C, D = local("contents", "c"), local("contents", "d")


@pytest.mark.parametrize(
    ("operations", "place"),
    [
        ([content("Here", module=M, parent=C), content("There", "c", module=N)], "3/data/relationships/parent"),
        ([content("There", "c", module=N), content("Here", module=M, parent=C)], "4/data/relationships/parent"),
        ([content("Above", module=M, children=[C]), content("Below", "c", module=N)], "3/data/relationships/children"),
        (
            [content("Hens", "c", module=M, parent=D), content("Eggs", "d", module=M, parent=C)],
            "3/data/relationships/parent",
        ),
        (
            [
                content("Hens", "c", module=M),
                relate("update", C, "parent", D),
                content("Eggs", "d", module=M, parent=C),
            ],
            "4/data",
        ),
    ],
)
def test_rules_of_the_tree_of_contents_hold_for_what_is_made_later_too(client, operations, place):
    """Contract, course: a parent is of the same module and none is its own ancestor."""
    answer = carry_out(client, *two_modules(), *operations)
    assert refused(answer) == (422, [f"relationship-refused {OPERATIONS}/{place}"])
    assert state(client, "users", "modules", "contents") == [[], [], []]


def test_two_users_swap_their_addresses_by_way_of_a_third(client):
    """The rules are those of single writes: each operation leaves a state that they allow."""
    assert made(carry_out(client, user(TEACHER), user(STUDENT))) == ["users/1", "users/2"]
    first, second, other = TEACHER["email"], STUDENT["email"], "other@example.org"
    swap = [
        update(one("users", "1"), email=other),
        update(one("users", "2"), email=first),
        update(one("users", "1"), email=second),
    ]
    assert refused(carry_out(client, *swap[1:])) == (409, [f"not-unique {OPERATIONS}/0/data/attributes/email"])
    assert carry_out(client, *swap).status == 200
    assert [item["attributes"]["email"] for item in client.get("/users").data] == [second, first]


def test_passwords_are_hashed_before_the_database_is_taken(client, app, monkeypatch):
    """17 ms each: other requests of the namespace need not wait for them."""
    namespaces = app.extensions["jsonapi_course"].namespaces
    events, write, hashed = [], namespaces.write, passwords.hashed

    @contextmanager
    def noted_write(*args, **kwargs):
        events.append("write")
        with write(*args, **kwargs) as session:
            yield session

    monkeypatch.setattr(namespaces, "write", noted_write)
    monkeypatch.setattr(passwords, "hashed", lambda plain: events.append("hash") or hashed(plain))
    assert carry_out(client, user(TEACHER), user(STUDENT)).status == 200
    assert events == ["hash", "hash", "write"]
    # what cannot be written is not worth hashing for
    assert carry_out(client, user({**USER, "role": "none"}), user(STUDENT)).status == 422
    assert events == ["hash", "hash", "write"]


# --- dryRun, Idempotency-Key ------------------------------------------------------------------------
def test_a_dry_run_of_operations_shows_the_results_and_keeps_nothing(desk):
    """Contract, Safe writes."""
    before = state(desk)
    operations = [
        tag("new", lid="t"),
        relate("add", one("articles", "1"), "tags", [local("tags", "t")]),
        remove(one("people", "1")),
    ]
    dry = carry_out(desk, *operations, path="/operations?dryRun=true")
    assert (made(dry), dry.json["meta"]) == (["tags/4", None, None], {"dryRun": True})
    assert state(desk) == before
    real = carry_out(desk, *operations)
    assert results(real) == results(dry)


def test_a_dry_run_of_operations_finds_the_faults_of_a_real_one(client):
    operations = [
        *two_modules(),
        content("Here", module=M, parent=C),
        content("There", "c", module=N),
    ]
    dry = carry_out(client, *operations, path="/operations?dryRun=true")
    assert refused(dry) == refused(carry_out(client, *operations))


def test_operations_with_an_idempotency_key_are_carried_out_once(desk):
    """Contract, Safe writes."""
    operations = [tag("new"), remove(one("tags", "1"))]
    first = carry_out(desk, *operations, Idempotency_Key="k1")
    assert made(first) == ["tags/4", None]
    after = state(desk)
    again = carry_out(desk, *operations, Idempotency_Key="k1")
    assert results(again) == results(first)
    assert (again.body, again.headers["Idempotency-Replayed"]) == (first.body, "true")
    assert state(desk) == after
    other = carry_out(desk, tag("other"), Idempotency_Key="k1")
    assert refusal(other) == (409, ["idempotency-conflict header=Idempotency-Key"])
    assert state(desk) == after
