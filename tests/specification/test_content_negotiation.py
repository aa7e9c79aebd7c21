"""Content Negotiation: Content-Type, Accept, Vary (contract: Negotiation)."""

import pytest

from ..client import MEDIA_TYPE as JA
from .answers import refusal, send, warnings

TAG = {"data": {"type": "tags", "attributes": {"label": "new"}}}
CURL = f"-H 'Content-Type: {JA}'"
FETCH = f"headers: {{'Content-Type': '{JA}'}}"

OTHER_PARAMETERS = [
    f"{JA}; charset=utf-8",
    f"{JA};charset=utf-8",
    f'{JA}; profile="https://example.org/p"; charset=utf-8',
    "APPLICATION/VND.API+JSON; q=1",
    f'{JA}; ext="https://example.org/unknown"',
    f'{JA}; ext="https://example.org/unknown"; profile="https://example.org/p"',
]
ENDPOINTS = [
    ("GET", "/tags"),
    ("POST", "/tags"),
    ("GET", "/tags/1"),
    ("PATCH", "/tags/1"),
    ("DELETE", "/tags/1"),
    ("GET", "/tags/1/articles"),
    ("GET", "/tags/1/relationships/articles"),
    ("PATCH", "/tags/1/relationships/articles"),
    ("POST", "/tags/1/relationships/articles"),
    ("DELETE", "/tags/1/relationships/articles"),
    ("GET", ""),
]


# --- bodies -----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "content_type",
    [
        None,
        JA,
        "Application/Vnd.Api+JSON",
        f'{JA}; profile="https://example.org/p"',
        f'{JA};profile="https://example.org/p https://example.org/q"',
    ],
)
def test_a_body_of_the_media_type_is_read_whatever_its_profiles(toys, content_type):
    """Content Negotiation, Servers: unknown profiles MUST be ignored; contract: no Content-Type is read as JSON:API."""
    answer = send(toys, "POST", "/tags", TAG, Content_Type=content_type)
    assert (answer.status, warnings(answer)) == (201, [])
    assert answer.headers["Content-Type"] == JA


@pytest.mark.parametrize("content_type", OTHER_PARAMETERS)
@pytest.mark.parametrize(("method", "path"), ENDPOINTS)
def test_media_type_parameters_but_ext_and_profile_and_unknown_exts_are_415(shelf, method, path, content_type):
    """Content Negotiation, Servers § 415: both rules hold on every method."""
    answer = send(shelf, method, path, TAG if method in ("POST", "PATCH") else None, Content_Type=content_type)
    assert refusal(answer) == (415, ["unsupported-media-type header=Content-Type"])


@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "text/plain;charset=UTF-8", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"]
    + ["text/json", "application/vnd.api", "nonsense"],
)
@pytest.mark.parametrize(("method", "path"), [endpoint for endpoint in ENDPOINTS if endpoint[0] in ("POST", "PATCH")])
def test_another_media_type_is_415_and_says_which_header_to_add(shelf, method, path, content_type):
    """Contract, Negotiation: as a curl flag and as a fetch option."""
    answer = send(shelf, method, path, TAG, Content_Type=content_type)
    assert refusal(answer) == (415, ["unsupported-media-type header=Content-Type"])
    detail = answer.errors[0]["detail"]
    assert CURL in detail
    assert FETCH in detail


@pytest.mark.parametrize("content_type", ["application/json", "application/json; charset=utf-8", "Application/JSON"])
def test_application_json_is_tolerated_with_a_warning(toys, content_type):
    answer = send(toys, "POST", "/tags", TAG, Content_Type=content_type)
    assert answer.status == 201
    assert warnings(answer) == ["unsupported-media-type header=Content-Type"]
    assert answer.headers["Content-Type"] == JA


def test_application_json_is_415_in_strict_mode(toys):
    answer = send(toys, "POST", "/tags", TAG, Content_Type="application/json", Prefer="handling=strict")
    assert refusal(answer) == (415, ["unsupported-media-type header=Content-Type"])
    assert toys.get("/tags").data == []


@pytest.mark.parametrize("content_type", ["application/json", "text/plain", "application/x-www-form-urlencoded"])
@pytest.mark.parametrize("prefer", ["handling=lenient", "handling=strict"])
def test_the_media_type_of_a_get_without_a_body_does_not_matter(shelf, content_type, prefer):
    """Contract, Documents: a body on GET or DELETE is ignored."""
    answer = send(shelf, "GET", "/tags", Content_Type=content_type, Prefer=prefer)
    assert (answer.status, warnings(answer)) == (200, [])


def test_the_media_type_of_an_ignored_body_on_delete_does_not_matter(toys):
    toys.create("tags", {"label": "new"})
    assert send(toys, "DELETE", "/tags/1", text=b"junk", Content_Type="text/plain").status == 204


# --- answers ----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "accept",
    [
        None,
        "*/*",
        "application/*",
        "application/json",
        "text/html;q=0.8,*/*",
        JA,
        "Application/Vnd.Api+JSON",
        f"{JA};q=0.5",
        f'{JA}; profile="https://example.org/p"',
        f"{JA}; charset=utf-8, {JA}",
        f'{JA}; ext="https://example.org/unknown", {JA}; q=0.1',
        f'{JA}; charset=utf-8, {JA}; profile="https://example.org/p"',
    ],
)
def test_an_accept_that_leaves_one_range_is_answered_without_parameters(shelf, accept):
    """Content Negotiation, Servers: only ranges with other parameters are ignored; unknown profiles are not applied."""
    answer = send(shelf, "GET", "/tags", Accept=accept)
    assert (answer.status, answer.headers["Content-Type"]) == (200, JA)


@pytest.mark.parametrize(
    "accept",
    [
        f"{JA}; charset=utf-8",
        f"{JA};charset=utf-8,{JA};version=1",
        f'{JA}; profile="https://example.org/p"; charset=utf-8',
        f'{JA}; ext="https://example.org/unknown"',
        f'{JA}; ext="https://example.org/unknown", {JA}; ext="https://example.org/other"',
        f'{JA}; ext="https://example.org/unknown", {JA}; charset=utf-8',
        f"text/html, {JA}; charset=utf-8, */*",
        f"{JA}; q=0",
    ],
)
@pytest.mark.parametrize(("method", "path"), ENDPOINTS)
def test_an_accept_whose_every_range_is_ruled_out_by_its_parameters_is_406(shelf, method, path, accept):
    """Content Negotiation, Servers § 406."""
    answer = send(shelf, method, path, TAG if method in ("POST", "PATCH") else None, Accept=accept)
    assert refusal(answer) == (406, ["not-acceptable header=Accept"])


def test_a_refused_accept_or_content_type_writes_nothing(toys):
    assert send(toys, "POST", "/tags", TAG, Accept=f"{JA}; charset=utf-8").status == 406
    assert send(toys, "POST", "/tags", TAG, Content_Type=f"{JA}; charset=utf-8").status == 415
    assert toys.get("/tags").data == []


@pytest.mark.parametrize(
    ("status", "method", "path", "document", "headers"),
    [
        (200, "GET", "/tags", None, {}),
        (200, "HEAD", "/tags", None, {}),
        (201, "POST", "/tags", TAG, {}),
        (204, "DELETE", "/tags/3", None, {}),
        (400, "GET", "/tags?nothing=1", None, {}),
        (404, "GET", "/tags/99", None, {}),
        (404, "GET", "/nothing", None, {}),
        (405, "PUT", "/tags/1", TAG, {}),
        (406, "GET", "/tags", None, {"Accept": f"{JA}; charset=utf-8"}),
        (409, "POST", "/articles", TAG, {}),
        (412, "DELETE", "/tags/1", None, {"If_Match": '"old"'}),
        (415, "POST", "/tags", TAG, {"Content_Type": "text/plain"}),
        (422, "POST", "/tags", {"data": {"type": "tags"}}, {}),
    ],
)
def test_every_answer_is_of_the_media_type_and_varies_by_accept_and_prefer(
    desk, status, method, path, document, headers
):
    """Content Negotiation, Universal: servers MUST send the media type; Servers: SHOULD send Vary: Accept."""
    answer = send(desk, method, path, document, **headers)
    assert answer.status == status
    assert answer.headers.get("Content-Type") == (None if status == 204 else JA)
    told_in = {"Accept-Language"} if status >= 400 else set()  # errors are told in German, too
    assert {name.strip() for name in answer.headers["Vary"].split(",")} == {"Accept", "Prefer"} | told_in


def test_not_modified_varies_too(shelf):
    answer = shelf.get("/tags", if_none_match="*")
    assert (answer.status, answer.headers["Vary"]) == (304, "Accept, Prefer")
