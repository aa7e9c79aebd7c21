"""Document Structure, Top Level: which members a document has, and links.self (contract: Documents)."""

import json

import pytest

from ..client import Client, in_process
from ..toys import load_toys
from .answers import path_of, refusal, send, warnings

ROOT = "http://localhost"
API = f"{ROOT}/api/s1"


def tag(id_, label, articles=()):
    url = f"{API}/tags/{id_}"
    return {
        "type": "tags",
        "id": id_,
        "attributes": {"label": label},
        "relationships": {
            "articles": {
                "links": {"self": f"{url}/relationships/articles", "related": f"{url}/articles"},
                "data": [{"type": "articles", "id": article} for article in articles],
            }
        },
        "links": {"self": url},
    }


def document(path, **members):
    return {
        "jsonapi": {"version": "1.1"},
        "links": {"self": f"{API}{path}", "describedby": f"{ROOT}/openapi.json"},
        **members,
    }


def test_the_document_of_a_resource(shelf):
    """Top Level: an object at the root, primary data a single resource object."""
    assert shelf.get("/tags/2").json == document("/tags/2", data=tag("2", "http", ["1", "2"]))


def test_the_document_of_a_collection(shelf):
    """Top Level: a collection MUST be an array."""
    tags = [tag("1", "sql", ["1"]), tag("2", "http", ["1", "2"]), tag("3", "unused")]
    assert shelf.get("/tags").json == document("/tags", data=tags, meta={"page": {"total": 3}})


def test_a_collection_of_one_is_an_array_of_one(shelf):
    """Top Level: an array even if it has one item."""
    path = "/articles/2/tags"
    assert shelf.get(path).json == document(path, data=[tag("2", "http", ["1", "2"])], meta={"page": {"total": 1}})


def test_an_empty_collection_is_an_empty_array(shelf):
    """Top Level: an array even if it is empty."""
    assert shelf.get("/tags/3/articles").json == document("/tags/3/articles", data=[], meta={"page": {"total": 0}})


def test_an_empty_to_one_is_null(shelf):
    assert shelf.get("/articles/x-1/author").json == document("/articles/x-1/author", data=None)


@pytest.mark.parametrize(
    ("name", "linkage"),
    [
        ("author", {"type": "people", "id": "1"}),
        ("tags", [{"type": "tags", "id": "1"}, {"type": "tags", "id": "2"}]),
    ],
)
def test_the_document_of_a_relationship_has_identifiers_and_the_related_link(shelf, name, linkage):
    """Top Level: links.related where the primary data is a relationship."""
    answer = shelf.get(f"/articles/1/relationships/{name}")
    expected = document(f"/articles/1/relationships/{name}", data=linkage)
    expected["links"]["related"] = f"{API}/articles/1/{name}"
    assert answer.json == expected


def test_the_document_of_a_created_resource(toys):
    answer = toys.post("/tags", {"data": {"type": "tags", "attributes": {"label": "new"}}})
    assert answer.json == document("/tags", data=tag("1", "new"))


def test_a_document_with_errors_has_neither_data_nor_included(shelf):
    """Top Level: data and errors MUST NOT coexist; no included without data."""
    answer = shelf.get("/tags/99?include=articles")
    assert refusal(answer) == (404, ["unknown-resource"])
    assert answer.json.keys() & {"data", "included"} == set()


@pytest.mark.parametrize(
    ("path", "there"),
    [
        ("/articles/1", False),
        ("/articles/1?include=", True),
        ("/articles/1?include=author", True),
        ("/articles/x-1?include=author", True),
        ("/articles", False),
        ("/articles?include=tags", True),
    ],
)
def test_included_is_there_exactly_when_it_was_asked_for(shelf, path, there):
    """Top Level and contract, Documents: even if it is then empty."""
    assert ("included" in shelf.get(path).json) is there


@pytest.mark.parametrize(
    "query",
    [
        "include=author,tags",
        "sort=-title&page[number]=1&page[size]=2",
        "page%5Boffset%5D=1&page%5Blimit%5D=2",
        "filter[title]=On%20engines&fields[articles]=title",
        "filter[title]=On+engines&_=17",
        "title=%C3%89loge",
        "filter[body][like]=100%25",
    ],
)
def test_links_self_is_the_url_of_the_request_with_its_query(shelf, query):
    """Top Level: links.self must contain the query; Appendix: brackets MUST be percent-encoded, and mean the same."""
    answer = shelf.get(f"/articles?{query}")
    encoded = query.replace("[", "%5B").replace("]", "%5D")
    assert answer.json["links"]["self"] == f"{API}/articles?{encoded}"
    again = shelf.get(path_of(answer.json["links"]["self"]))
    assert again.body == answer.body


def test_members_of_a_request_that_the_specification_does_not_know_are_ignored(toys):
    """Document Structure: servers MUST ignore non-compliant members; contract: without a warning, `included` too."""
    body = {
        "data": {"type": "tags", "attributes": {"label": "new"}, "unheard": [1], "meta": {"a": 1}, "links": {"b": "c"}},
        "included": [{"no": "id"}],
        "jsonapi": {"version": "9.9", "ext": ["https://example.org/unknown"]},
        "links": 5,
        "meta": None,
        "errors": [],
        "extra": {"deep": [None]},
    }
    answer = toys.post("/tags", body)
    assert (answer.status, warnings(answer)) == (201, [])
    assert toys.get("/tags/1").data == tag("1", "new")


@pytest.mark.parametrize("body", [[], "x", 5, None, True])
def test_a_request_whose_root_is_no_object_is_400(toys, body):
    """Top Level: an object MUST be at the root."""
    answer = send(toys, "POST", "/tags", text=json.dumps(body).encode())
    assert refusal(answer) == (400, ["invalid-document pointer="])


@pytest.mark.parametrize(
    ("headers", "root"),
    [
        ({"Host": "sandbox.example.org"}, "http://sandbox.example.org"),
        ({"Host": "localhost:8080"}, "http://localhost:8080"),
        ({"Host": "[::1]:5000"}, "http://[::1]:5000"),
        ({"X-Forwarded-Proto": "https", "X-Forwarded-Host": "evil.example"}, "http://localhost"),
    ],
)
def test_links_begin_with_the_scheme_and_host_of_the_request(shelf, headers, root):
    """Contract, Documents: absolute; X-Forwarded-* only from trusted proxies."""
    links = shelf.request("GET", "/tags/1", headers=headers).json
    assert links["links"] == {"self": f"{root}/api/s1/tags/1", "describedby": f"{root}/openapi.json"}
    assert links["data"]["links"] == {"self": f"{root}/api/s1/tags/1"}
    relationship = links["data"]["relationships"]["articles"]["links"]
    assert relationship["related"] == f"{root}/api/s1/tags/1/articles"


def test_behind_a_trusted_proxy_links_begin_with_its_scheme_host_and_prefix(make_app):
    client = Client(in_process(make_app(load_toys, TRUSTED_PROXIES="1")))
    forwarded = {
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Host": "school.example.org",
        "X-Forwarded-Prefix": "/sandbox",
    }
    body = {"data": {"type": "tags", "attributes": {"label": "new"}}}
    created = client.request("POST", "/tags", body, headers=forwarded)
    root = "https://school.example.org/sandbox"
    assert created.headers["Location"] == f"{root}/api/s1/tags/1"
    assert created.json["links"] == {"self": f"{root}/api/s1/tags", "describedby": f"{root}/openapi.json"}
    missing = client.request("GET", "/tags/9", headers=forwarded)
    assert missing.errors[0]["links"]["about"] == f"{root}/docs/errors#unknown-resource"


def test_a_host_that_is_none_is_refused(shelf):
    answer = shelf.request("GET", "/tags", headers={"Host": "evil.example/@x"})
    assert refusal(answer) == (400, ["invalid-request header=Host"])
