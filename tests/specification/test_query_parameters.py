"""Query Parameters: families, implementation-specific names, parsing (contract: Which status, other parameters)."""

import pytest

from .answers import ids, refusal, send, warnings


@pytest.mark.parametrize(
    ("parameter", "suggestion"),
    [
        ("nothing", None),
        ("embed", None),
        ("sorting", "sort"),
        ("includes", "include"),
        ("Include", "include"),
        ("filters", "filter"),
        ("filters[title]", None),
        ("wordCount", "word-count"),
        ("camelCase", None),
        ("x-custom", None),
        ("titel", "title"),
        ("", None),
        ("?title", None),
        ("[title]", None),
        ("sort!", "sort"),
        ("title[]", None),
        ("é", None),
    ],
)
@pytest.mark.parametrize("path", ["/articles", "/tags/1/articles"])
def test_an_unknown_parameter_is_400(shelf, path, parameter, suggestion):
    """Implementation-Specific Query Parameters: what the server does not know MUST be 400; contract: with a suggestion."""
    answer = shelf.get(f"{path}?{parameter}=1")
    assert refusal(answer) == (400, [f"unknown-parameter parameter={parameter}"])
    if suggestion:
        assert answer.errors[0]["meta"]["suggestions"][0] == suggestion
        assert f"did you mean '{suggestion}'?" in answer.errors[0]["detail"]


@pytest.mark.parametrize("parameter", ["nothing", "sort", "filter[title]", "page[size]", "title"])
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/articles/1"),
        ("HEAD", "/articles/1"),
        ("GET", "/comments/1/article"),
        ("GET", "/articles/1/relationships/author"),
        ("POST", "/articles"),
        ("PATCH", "/articles/1"),
        ("DELETE", "/articles/1"),
        ("PATCH", "/articles/1/relationships/author"),
        ("POST", "/articles/1/relationships/tags"),
        ("DELETE", "/articles/1/relationships/tags"),
        ("GET", ""),
    ],
)
def test_a_parameter_of_another_endpoint_is_400(shelf, method, path, parameter):
    """Contract, Which status: not for this endpoint."""
    document = {
        "POST/articles": {"data": {"type": "articles", "attributes": {"title": "New"}}},
        "PATCH/articles/1": {"data": {"type": "articles", "id": "1"}},
        "PATCH/articles/1/relationships/author": {"data": None},
        "POST/articles/1/relationships/tags": {"data": []},
        "DELETE/articles/1/relationships/tags": {"data": []},
    }.get(method + path)
    answer = send(shelf, method, f"{path}?{parameter}=1", document)
    assert answer.status == 400
    if method != "HEAD":
        assert refusal(answer) == (400, [f"unknown-parameter parameter={parameter}"])


@pytest.mark.parametrize("parameter", ["_", "_ts", "_=1&_", "_x[y]"])
@pytest.mark.parametrize(
    "path", ["", "/articles", "/articles/1", "/articles/1/author", "/articles/1/relationships/tags"]
)
def test_a_name_that_begins_with_an_underscore_is_ignored_with_a_warning(shelf, path, parameter):
    """Contract, Fetching: cache busters."""
    answer = shelf.get(f"{path}?{parameter}=17")
    assert answer.status == 200
    assert set(warnings(answer)) == {f"ignored-parameter parameter={parameter.split('=')[0]}"}
    assert answer.json.get("data") == shelf.get(path).json.get("data")


@pytest.mark.parametrize("path", ["", "/articles", "/articles/1", "/articles/1/relationships/tags"])
def test_such_a_name_is_400_in_strict_mode(shelf, path):
    """Query Parameters: a name that is no legal member name MUST be 400."""
    answer = shelf.get(f"{path}?_=17", prefer="handling=strict")
    assert refusal(answer) == (400, ["ignored-parameter parameter=_"])


@pytest.mark.parametrize(
    ("plain", "encoded"),
    [
        ("filter[title]=Plain", "filter%5Btitle%5D=Plain"),
        ("filter[title][like]=a", "filter%5btitle%5d%5blike%5d=a"),
        ("page[size]=1&fields[articles]=title", "page%5Bsize%5D=1&fields%5Barticles%5D=title"),
    ],
)
def test_brackets_mean_the_same_encoded_or_not(shelf, plain, encoded):
    """Appendix, Square Brackets: MUST be treated as equivalent."""
    assert shelf.get(f"/articles?{plain}").data == shelf.get(f"/articles?{encoded}").data != []


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("title=On+engines", ["1"]),
        ("title=On%20engines", ["1"]),
        ("title=%C3%89loge", ["10"]),
        ("ti%74le=Plain", ["x-1"]),
        ("title=Plain&", ["x-1"]),
        ("&&title=Plain", ["x-1"]),
        ("body", ["10", "x-1"]),
        ("title=a=b", []),
        ("title=Plain;state=draft", []),
    ],
)
def test_the_query_is_parsed_as_a_form_is(shelf, query, expected):
    """Appendix, Parsing: MUST be the urlencoded parsing algorithm."""
    assert ids(shelf.get(f"/articles?{query}")) == expected


@pytest.mark.parametrize(
    ("query", "parameter"),
    [("title=%FF", "title"), ("filter[title]=%C3", "filter[title]"), ("title=%ED%A0%80", "title")],
)
def test_a_query_that_is_not_utf_8_is_400(shelf, query, parameter):
    assert refusal(shelf.get(f"/articles?{query}")) == (400, [f"invalid-parameter parameter={parameter}"])


@pytest.mark.parametrize(
    "parameter", ["filter]title[", "sort[", "page[size", "filter[[title]]", "filter[title]x", "fields]"]
)
def test_brackets_that_do_not_match_are_400(shelf, parameter):
    status, (found,) = refusal(shelf.get(f"/articles?{parameter}=1"))
    assert (status, found) in [
        (400, f"invalid-parameter parameter={parameter}"),
        (400, f"unknown-parameter parameter={parameter}"),
    ]


def test_all_faults_of_a_query_are_told_at_once_each_with_its_parameter(shelf):
    answer = shelf.get("/articles?include=autor&sort=titel&fields[article]=title&page[size]=0&filter[x]=1&y=2")
    assert refusal(answer) == (
        400,
        [
            "unknown-field parameter=include",
            "unknown-field parameter=sort",
            "unknown-field parameter=fields[article]",
            "invalid-parameter parameter=page[size]",
            "unknown-field parameter=filter[x]",
            "unknown-parameter parameter=y",
        ],
    )
