"""The OpenAPI description: it is valid, the service does what it says, and it says what the service does."""

import json
import re
from urllib.parse import urlencode

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from jsonapi_course.api import negotiation, operations
from jsonapi_course.engine import openapi
from jsonapi_course.errors import catalogue

from ..client import Client, in_process
from ..description import description_of
from ..toys import load_toys

METHODS = ("get", "post", "patch", "put", "delete")


@pytest.fixture
def described(toys_app):
    """The description of the toy types."""
    return description_of(toys_app)


@pytest.fixture
def toys_app(make_app):
    return make_app(load_toys)


@pytest.fixture
def toys(toys_app):
    return Client(in_process(toys_app))


@pytest.fixture
def filled(toys, described):
    """A client of a namespace that has the example of every type, each with the id 1."""
    waiting = [
        operation["requestBody"]
        for path, method, operation in operations_of(described.document)
        if method == "post" and operation["operationId"].startswith("create")
    ]
    while waiting:
        examples = [described.resolved(body)["content"][openapi.MEDIA_TYPE]["example"] for body in waiting]
        statuses = [toys.post(f"/{example['data']['type']}", example).status for example in examples]
        assert 201 in statuses and set(statuses) <= {201, 404}
        waiting = [body for body, status in zip(waiting, statuses, strict=True) if status == 404]
    return toys


def operations_of(document):
    """(path, method, operation) of every operation."""
    return [
        (path, method, item[method]) for path, item in document["paths"].items() for method in METHODS if method in item
    ]


def here(path):
    """A path of the description as one of the Client, for the resource with the id 1."""
    return path.removeprefix("/api/{your_id}").replace("{id}", "1")


# --- the document -----------------------------------------------------------------------------------
@pytest.mark.parametrize("types", ["course", "toys"])
def test_the_description_is_valid(types, app, toys_app):
    document = description_of(app if types == "course" else toys_app).document
    assert [error.message for error in OpenAPIV31SpecValidator(document).iter_errors()] == []
    named = [operation["operationId"] for _, _, operation in operations_of(document)]
    assert len(named) == len(set(named))


def test_every_component_is_referred_to(app):
    document = description_of(app).document
    text = json.dumps(document)
    used = set(re.findall(r'"#/(components/[^"]+)"', text))
    used |= {f"components/securitySchemes/{name}" for name in re.findall(r'"security": \[\{"(\w+)"', text)}
    assert used == {f"components/{kind}/{name}" for kind, parts in document["components"].items() for name in parts}


def test_every_type_has_its_paths_and_its_tag(described):
    own = "/api/{your_id}/comments"
    assert [path for path in described.document["paths"] if path.startswith(own)] == [
        own,
        f"{own}/{{id}}",
        f"{own}/{{id}}/article",
        f"{own}/{{id}}/relationships/article",
        f"{own}/{{id}}/author",
        f"{own}/{{id}}/relationships/author",
    ]
    assert [tag["name"] for tag in described.document["tags"]] == [
        "namespace",
        "console",
        "articles",
        "people",
        "comments",
        "tags",
        "accounts",
    ]


def test_the_methods_are_those_of_allow(toys, described):
    described_methods = {
        path: {method.upper() for method in METHODS if method in item}
        for path, item in described.document["paths"].items()
    }
    assert described_methods == {
        path: set(toys.request("OPTIONS", here(path)).headers["Allow"].split(", ")) - {"HEAD", "OPTIONS"}
        for path in described.document["paths"]
    }


def without_words(schema):
    """A schema without the descriptions in it."""
    if isinstance(schema, list):
        return [without_words(item) for item in schema]
    if isinstance(schema, dict):
        return {name: without_words(value) for name, value in schema.items() if name != "description"}
    return schema


def test_a_document_that_is_sent(described):
    identifier = {
        "type": "object",
        "required": ["type", "id"],
        "properties": {"type": {"const": "articles"}, "id": {"type": "string", "examples": ["1"]}},
    }
    articles = {"type": "array", "items": identifier}
    assert without_words(described.document["components"]["schemas"]["TagsCreateRequest"]) == {
        "type": "object",
        "required": ["data"],
        "properties": {
            "data": {
                "type": "object",
                "required": ["type", "attributes"],
                "properties": {
                    "type": {"const": "tags"},
                    "id": {"type": "string", "pattern": openapi.ID_PATTERN},
                    "attributes": {
                        "type": "object",
                        "required": ["label"],
                        "properties": {"label": {"type": "string", "minLength": 1}},
                    },
                    "relationships": {
                        "type": "object",
                        "properties": {
                            "articles": {"type": "object", "required": ["data"], "properties": {"data": articles}}
                        },
                    },
                },
            }
        },
    }


def test_the_kinds_of_attributes_that_are_sent(described):
    data = described.document["components"]["schemas"]["ArticlesUpdateRequest"]["properties"]["data"]
    assert data["required"] == ["type", "id"]
    assert without_words(data["properties"]["attributes"]) == {
        "type": "object",
        "properties": {
            "title": {"type": "string", "minLength": 2},
            "body": {"type": "string"},
            "written": {"type": "string", "examples": ["2019-05-01T10:00:00Z"]},
            "word-count": {"type": ["integer", "null"], "minimum": 0, "maximum": 1000000},
            "state": {"type": "string", "enum": ["draft", "published"]},
        },
    }


def test_a_document_that_is_read(described):
    url = {"type": "string", "format": "uri"}
    assert without_words(described.document["components"]["schemas"]["AccountsResource"]) == {
        "type": "object",
        "properties": {
            "type": {"const": "accounts"},
            "id": {"type": "string", "pattern": openapi.ID_PATTERN},
            "attributes": {
                "type": "object",
                "properties": {"email": {"type": "string", "format": "idn-email"}},
                "additionalProperties": False,
                "minProperties": 1,
            },
            "links": {
                "type": "object",
                "properties": {"self": url},
                "additionalProperties": False,
                "required": ["self"],
            },
        },
        "additionalProperties": False,
        "required": ["type", "id", "links"],
    }


def test_an_optional_choice_that_was_never_set_reads_empty(described):
    attributes = described.document["components"]["schemas"]["ArticlesResource"]["properties"]["attributes"]
    assert attributes["properties"]["state"]["enum"] == ["draft", "published", ""]
    assert attributes["properties"]["word-count"]["type"] == ["integer", "null"]


def test_the_parameters_of_a_collection(described):
    parameters = described.document["paths"]["/api/{your_id}/accounts"]["get"]["parameters"]
    assert [described.resolved(parameter)["name"] for parameter in parameters] == [
        "fields[accounts]",
        "sort",
        *("page[number]", "page[size]", "page[offset]", "page[limit]", "page[after]", "page[before]"),
        *("id", "filter[id]", "filter[id][eq]", "filter[id][ne]", "filter[id][in]"),
        *("email", "filter[email]", "filter[email][eq]", "filter[email][ne]", "filter[email][in]"),
        *("filter[email][lt]", "filter[email][le]", "filter[email][gt]", "filter[email][ge]", "filter[email][like]"),
        *("password", "filter[password]", "filter[password][eq]"),
        *("Prefer", "If-None-Match"),
    ]


def test_the_settings_are_in_it(make_app):
    document = description_of(make_app(SEMESTERS="SS30,WS30/31")).document
    parameters = document["components"]["parameters"]
    assert parameters["plain.modules.semester"]["schema"] == {"type": "string", "enum": ["SS30", "WS30/31"]}


def test_the_answers_of_every_error_name_its_codes(described):
    answers = described.document["components"]["responses"]
    named = {
        name: re.findall(r"^\* `(.+?)`", answer["description"], re.M)
        for name, answer in answers.items()
        if name.startswith("Error")
    }
    statuses = (400, 403, 404, 406, 409, 412, 413, 415, 422, 429, 500, 503, 507)
    assert named == {f"Error{status}": [row.code for row in catalogue() if row.status == status] for status in statuses}


def test_names_that_two_layers_have_are_the_same():
    assert (openapi.MEDIA_TYPE, openapi.ATOMIC, openapi.MAX_OPERATIONS) == (
        negotiation.MEDIA_TYPE,
        negotiation.ATOMIC,
        operations.MAX_OPERATIONS,
    )


# --- what it says holds -----------------------------------------------------------------------------
def values_of(name, schema):
    """Query strings that the schema of a parameter allows: every name of a list, an example of another value."""
    schema = schema.get("items", schema)
    choices = [*schema.get("anyOf", ()), schema]
    if any("enum" in choice for choice in choices):
        return [str(value) for choice in choices for value in choice.get("enum", ())]
    if name in ("page[after]", "page[before]"):
        return []  # only those that a link has; they have their own tests
    kinds = {"integer": "1", "number": "1", "boolean": "true", "string": "2019-05-01T10:00"}
    return [kinds[next(choice["type"] for choice in choices if "type" in choice)]]


def test_every_parameter_is_taken(filled, described):
    refused, asked = [], 0
    for path, method, operation in operations_of(described.document):
        for parameter in map(described.resolved, operation["parameters"] if method == "get" else ()):
            for value in values_of(parameter["name"], parameter["schema"]) if parameter["in"] == "query" else ():
                query = {parameter["name"]: value}
                if "password" in parameter["name"]:
                    query["email"] = "ada@example.org"
                asked += 1
                answer = filled.get(f"{here(path)}?{urlencode(query)}")
                if answer.status != 200 or answer.warnings:
                    refused.append((path, query, answer))
    assert refused == [] and asked > 500


def test_the_example_of_every_linkage_is_taken(filled, described):
    answers = []
    for path, method, operation in operations_of(described.document):
        if "/relationships/" in path and "requestBody" in operation and method != "delete":
            example = described.resolved(operation["requestBody"])["content"][openapi.MEDIA_TYPE]["example"]
            answers.append((path, method, filled.request(method.upper(), here(path), example).status))
    assert {status for _, _, status in answers} == {200} and len(answers) == 12


def test_the_example_of_operations_is_taken(toys, described):
    operation = described.document["paths"]["/api/{your_id}/operations"]["post"]
    ((media_type, content),) = operation["requestBody"]["content"].items()
    answer = toys.post("/operations", content["example"], Content_Type=media_type)
    assert [result["data"]["type"] for result in answer.json["atomic:results"]] == ["articles"]


def test_what_is_described_as_refused_is_403(filled, described):
    refused = [
        (method.upper(), here(path))
        for path, method, operation in operations_of(described.document)
        if not {"200", "204"} & operation["responses"].keys()
    ]
    assert {filled.request(method, path, {"data": None}).status for method, path in refused} == {403}
    assert len(refused) == 11


@pytest.mark.parametrize(
    "query, shown", [("_=%", "_=%25"), ("_=1%zz", "_=1%25zz"), ("label=100%25%", "label=100%25%25")]
)
def test_links_are_uris_whatever_the_query_was(toys, query, shown):
    assert toys.get(f"/tags?{query}").json["links"]["self"] == f"http://localhost/api/s1/tags?{shown}"


# --- where it is served -----------------------------------------------------------------------------
def test_it_is_served_for_every_origin_and_asked_for_again(app):
    browser = app.test_client()
    answer = browser.get("/openapi.json", headers={"Origin": "https://example.org"})
    assert (answer.status_code, answer.json) == (200, description_of(app).document)
    assert (answer.headers["Content-Type"], answer.headers["Cache-Control"]) == ("application/json", "no-cache")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    again = browser.get("/openapi.json", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.get_data()) == (304, b"")


@pytest.mark.parametrize(
    "headers, root",
    [
        ({}, "http://localhost"),
        ({"Host": "api.example.org:8080"}, "http://api.example.org:8080"),
        (
            {"X-Forwarded-Host": "example.org", "X-Forwarded-Proto": "https", "X-Forwarded-Prefix": "/sandbox"},
            "https://example.org/sandbox",
        ),
    ],
)
def test_the_server_is_the_root_of_the_request(make_app, headers, root):
    document = make_app(TRUSTED_PROXIES="1").test_client().get("/openapi.json", headers=headers).json
    assert document["servers"] == [{"url": root}]
    assert document["externalDocs"]["url"] == f"{root}/docs/errors"


@pytest.mark.parametrize("path", ["", "/rooms", "/rooms/1", "/rooms/1/sessions", "/rooms/1/relationships/sessions"])
def test_documents_link_to_it(client, app, path):
    client.create("rooms", {"name": "Room 1", "address": "Street"})
    link = client.get(path).json["links"]["describedby"]
    assert link == "http://localhost/openapi.json"
    assert app.test_client().get(link).json["openapi"] == "3.1.0"


# --- the check that every test's answers pass -------------------------------------------------------
GOOD = {"Content-Type": openapi.MEDIA_TYPE, "ETag": '"1"', "Cache-Control": "no-cache"}
LINKS = {"self": "http://localhost/api/s1/tags/1", "describedby": "http://localhost/openapi.json"}
TAG = {"type": "tags", "id": "1", "links": {"self": "http://localhost/api/s1/tags/1"}}
DOCUMENT = {"jsonapi": {"version": "1.1"}, "links": LINKS, "data": TAG}


def test_an_answer_as_it_is_described_passes(described):
    described.check("GET", "/api/s1/tags/1?_=1", 200, GOOD, json.dumps(DOCUMENT))
    described.check("HEAD", "/api/s1/tags/1/", 200, GOOD, b"")
    described.check("GET", "/api/s1/tags/1", 304, {"ETag": '"1"', "Cache-Control": "no-cache"}, b"")


@pytest.mark.parametrize(
    "method, path, status, headers, document, reason",
    [
        ("GET", "/tags/1", 202, GOOD, DOCUMENT, "which is not described"),
        ("GET", "/tgas/1", 200, GOOD, DOCUMENT, "which is not described"),
        ("PUT", "/tags/1", 200, GOOD, DOCUMENT, "which is not described"),
        ("GET", "/tags/1", 200, {**GOOD, "Content-Type": "text/html"}, DOCUMENT, "as 'text/html'"),
        ("GET", "/tags/1", 200, {"Content-Type": openapi.MEDIA_TYPE}, DOCUMENT, "without ETag"),
        ("GET", "/tags/1", 200, GOOD, {**DOCUMENT, "more": 1}, "'more' was unexpected"),
        ("GET", "/tags/1", 200, GOOD, {**DOCUMENT, "data": {**TAG, "type": "people"}}, '"tags" was expected'),
        ("GET", "/tags/1", 200, GOOD, {**DOCUMENT, "links": {**LINKS, "self": "/tags/1"}}, 'is not a "uri"'),
        ("GET", "/tags/1", 404, GOOD, DOCUMENT, '"errors" is a required property'),
        ("HEAD", "/tags/1", 200, GOOD, DOCUMENT, "and a body"),
        ("DELETE", "/tags/1", 204, {}, DOCUMENT, "and a body"),
    ],
)
def test_an_answer_that_is_not_as_described_fails(described, method, path, status, headers, document, reason):
    with pytest.raises(AssertionError, match=re.escape(reason)):
        described.check(method, f"/api/s1{path}", status, headers, json.dumps(document))


def test_an_error_document_has_a_code_of_its_status(described):
    error = {
        "id": "1",
        "status": "404",
        "code": "unknown-resource",
        "title": "-",
        "detail": "-",
        "links": {"about": "/"},
    }
    document = {"jsonapi": {"version": "1.1"}, "errors": [error]}
    described.check("GET", "/api/s1/tags/1", 404, GOOD, json.dumps(document))
    with pytest.raises(AssertionError, match="not as described"):
        described.check("GET", "/api/s1/tags/1", 400, GOOD, json.dumps(document))
