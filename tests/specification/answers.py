"""What the tests of the protocol compare: ids, refusals, warnings, links of pages."""

import json
from urllib.parse import parse_qsl, urlsplit

from ..client import MEDIA_TYPE

ERROR_MEMBERS = {"id", "status", "code", "title", "detail", "links", "source", "meta"}


def ids(answer):
    assert answer.status == 200, answer
    return [item["id"] for item in answer.data]


def included(answer):
    """(type, id) of the included resources, sorted; each occurrence counts."""
    return sorted((item["type"], item["id"]) for item in answer.json["included"])


def refusal(answer):
    """(status, ["code kind=place", …]) of an answer that must be a complete error document."""
    document = answer.json
    assert answer.headers["Content-Type"] == MEDIA_TYPE
    assert document.keys() <= {"jsonapi", "links", "errors", "meta"}
    assert document["jsonapi"] == {"version": "1.1"}
    for error in document["errors"]:
        assert {"id", "status", "code", "title", "detail", "links"} <= error.keys() <= ERROR_MEMBERS
        assert error["links"]["about"].endswith(f"/docs/errors#{error['code']}")
    return answer.status, [_place(error) for error in document["errors"]]


def warnings(answer):
    """["code kind=place", …] of meta.warnings."""
    assert all(warning["detail"] for warning in answer.warnings)
    return [_place(warning) for warning in answer.warnings]


def _place(finding):
    source = finding.get("source")
    if source is None:
        return finding["code"]
    ((kind, place),) = source.items()
    return f"{finding['code']} {kind}={place}"


def page_links(answer):
    """{"first": {"page[number]": "1", …}, …}: the query of every page link, whose path must be the request's."""
    links = answer.json["links"]
    own = urlsplit(links["self"])
    pages = {name: urlsplit(links[name]) for name in links if name in ("first", "last", "prev", "next")}
    assert all(page[:3] == own[:3] for page in pages.values())
    return {name: dict(parse_qsl(page.query)) for name, page in pages.items()}


def path_of(url, namespace="s1"):
    """A link as a path of the Client."""
    return url.partition(f"/api/{namespace}")[2]


def at(pointer, document):
    """The value to which a JSON pointer (RFC 6901) points; KeyError, IndexError or TypeError where there is none."""
    for token in pointer.split("/")[1:]:
        token = token.replace("~1", "/").replace("~0", "~")
        document = document[int(token) if isinstance(document, list) else token]
    return document


def send(client, method, path, document=None, text=None, **headers):
    """Any request; `text` is sent as it stands, with the media type of JSON:API unless the headers say otherwise."""
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    body = text if text is not None else None if document is None else json.dumps(document).encode()
    if body is not None:
        headers = {"Content-Type": MEDIA_TYPE, **headers}
    headers = {name: value for name, value in headers.items() if value is not None}
    return client.request(method, path, headers=headers, body=body)
