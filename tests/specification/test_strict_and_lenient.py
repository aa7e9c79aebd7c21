"""Contract, Lenient by default, strict on request: Prefer: handling (RFC 7240), the setting STRICT, meta.warnings."""

import pytest

from ..client import MEDIA_TYPE as JA
from ..client import Client, in_process
from ..toys import load_toys
from .answers import refusal, send, warnings


def tag(**members):
    return {"data": {"type": "tags", "attributes": {"label": "new"}, **members}}


ARTICLE = {"type": "articles", "attributes": {"title": "New"}}

# (method, path, document, headers, the warning when lenient, the status when strict)
TOLERATED = [
    ("POST", "/tags", tag(), {"Content_Type": "application/json"}, "unsupported-media-type header=Content-Type", 415),
    ("POST", "/tags", tag(id=None), {}, "id-coerced pointer=/data/id", 400),
    ("POST", "/tags", tag(id=""), {}, "id-coerced pointer=/data/id", 400),
    (
        "POST",
        "/articles",
        {"data": {**ARTICLE, "relationships": {"author": {"data": {"type": "people", "id": 1}}}}},
        {},
        "id-coerced pointer=/data/relationships/author",
        400,
    ),
    (
        "POST",
        "/articles/1/relationships/tags",
        {"data": [{"type": "tags", "id": 3}]},
        {},
        "id-coerced pointer=/data",
        400,
    ),
    (
        "POST",
        "/tags",
        {"data": {"type": "tags", "attributes": {"label": "new", "x": 1}}},
        {},
        "unknown-member pointer=/data/attributes/x",
        422,
    ),
    ("POST", "/tags", tag(relationships={"x": {}}), {}, "unknown-member pointer=/data/relationships/x", 422),
    (
        "POST",
        "/articles",
        {"data": {"type": "articles", "attributes": {"title": "New", "body": None}}},
        {},
        "null-not-allowed pointer=/data/attributes/body",
        422,
    ),
    ("GET", "/tags?_=1", None, {}, "ignored-parameter parameter=_", 400),
]
NAMES = [f"{case[0]} {case[4]}" for case in TOLERATED]


@pytest.mark.parametrize(("method", "path", "document", "headers", "warning", "status"), TOLERATED, ids=NAMES)
def test_what_is_tolerated_is_never_silent(desk, method, path, document, headers, warning, status):
    answer = send(desk, method, path, document, **headers)
    assert answer.status in (200, 201)
    assert warnings(answer) == [warning]
    assert answer.warnings[0].keys() == {"code", "detail", "source"}
    assert "Preference-Applied" not in answer.headers


@pytest.mark.parametrize(("method", "path", "document", "headers", "warning", "status"), TOLERATED, ids=NAMES)
def test_on_request_it_becomes_the_error(desk, method, path, document, headers, warning, status):
    answer = send(desk, method, path, document, Prefer="handling=strict", **headers)
    assert refusal(answer) == (status, [warning])
    assert answer.headers["Preference-Applied"] == "handling=strict"


@pytest.fixture
def strict_desk(make_app):
    client = Client(in_process(make_app(load_toys, STRICT="1")))
    client.create("people", {"name": "Ada"})
    client.create("articles", {"title": "New"})
    client.create("tags", {"label": "one"})
    return client


@pytest.mark.parametrize(("method", "path", "document", "headers", "warning", "status"), TOLERATED, ids=NAMES)
def test_with_the_setting_it_becomes_the_error_too(strict_desk, method, path, document, headers, warning, status):
    answer = send(strict_desk, method, path, document, **headers)
    assert refusal(answer) == (status, [warning])
    assert "Preference-Applied" not in answer.headers


def test_a_client_may_ask_a_strict_service_to_be_lenient(strict_desk):
    answer = strict_desk.get("/tags?_=1&label=one", prefer="handling=lenient")
    assert (answer.status, warnings(answer)) == (200, ["ignored-parameter parameter=_"])
    assert answer.headers["Preference-Applied"] == "handling=lenient"


@pytest.mark.parametrize(
    "prefer",
    [
        "handling=strict",
        'handling="strict"',
        "Handling=Strict",
        "handling = strict",
        "respond-async, handling=strict",
        "handling=strict, wait=10",
        "handling=strict; hint=1",
        'x="a, b", handling=strict',
        # RFC 7240 § 2: of a preference given twice the first counts
        "handling=strict, handling=lenient",
    ],
)
def test_how_strictness_is_asked_for(shelf, prefer):
    answer = shelf.get("/tags?_=1", prefer=prefer)
    assert answer.status == 400
    assert answer.headers["Preference-Applied"] == "handling=strict"


@pytest.mark.parametrize(
    ("prefer", "applied"),
    [
        ("handling=lenient", "handling=lenient"),
        ("handling=lenient, handling=strict", "handling=lenient"),
        ("handling", None),
        ("handling=exam", None),
        ("respond-async", None),
        ('x="handling=strict"', None),
        ("", None),
    ],
)
def test_anything_else_leaves_the_service_lenient(shelf, prefer, applied):
    answer = shelf.get("/tags?_=1", prefer=prefer)
    assert (answer.status, answer.headers.get("Preference-Applied")) == (200, applied)


def test_what_is_simply_right_is_no_warning(desk):
    """The seed's plain filters and a missing Content-Type."""
    answer = send(desk, "POST", "/tags", tag(), Content_Type=None)
    assert (answer.status, warnings(answer)) == (201, [])
    answer = desk.get("/tags?label=new")
    assert (answer.status, warnings(answer)) == (200, [])


def test_a_missing_content_type_is_right_in_strict_mode_too(desk):
    assert send(desk, "POST", "/tags", tag(), Content_Type=None, Prefer="handling=strict").status == 201


def test_warnings_come_with_errors_too(shelf):
    answer = shelf.get("/tags?_=1&nothing=2")
    assert refusal(answer) == (400, ["unknown-parameter parameter=nothing"])
    assert warnings(answer) == ["ignored-parameter parameter=_"]


def test_strictness_changes_nothing_where_nothing_is_tolerated(shelf):
    plain = shelf.get("/articles?include=author&sort=title", Accept=JA)
    strict = shelf.get("/articles?include=author&sort=title", Accept=JA, prefer="handling=strict")
    assert plain.body == strict.body
    assert strict.headers["Preference-Applied"] == "handling=strict"
