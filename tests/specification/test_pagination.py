"""Fetching Data, Pagination: the number and the offset style (contract: Fetching)."""

import pytest

from .answers import ids, page_links, path_of, refusal


def number(number, size):
    return {"page[number]": str(number), "page[size]": str(size)}


def offset(offset, limit):
    return {"page[offset]": str(offset), "page[limit]": str(limit)}


@pytest.mark.parametrize(
    ("query", "expected", "links"),
    [
        (
            "page[number]=1&page[size]=2",
            ["1", "2"],
            {"first": number(1, 2), "last": number(2, 2), "next": number(2, 2)},
        ),
        (
            "page[number]=2&page[size]=2",
            ["10", "x-1"],
            {"first": number(1, 2), "last": number(2, 2), "prev": number(1, 2)},
        ),
        (
            "page[number]=2&page[size]=1",
            ["2"],
            {"first": number(1, 1), "last": number(4, 1), "prev": number(1, 1), "next": number(3, 1)},
        ),
        ("page[number]=2&page[size]=3", ["x-1"], {"first": number(1, 3), "last": number(2, 3), "prev": number(1, 3)}),
        ("page[size]=3", ["1", "2", "10"], {"first": number(1, 3), "last": number(2, 3), "next": number(2, 3)}),
        ("page[size]=4", ["1", "2", "10", "x-1"], {"first": number(1, 4), "last": number(1, 4)}),
        ("page[size]=1000", ["1", "2", "10", "x-1"], {"first": number(1, 1000), "last": number(1, 1000)}),
        ("page[number]=1", ["1", "2", "10", "x-1"], {"first": number(1, 20), "last": number(1, 20)}),
        ("page[number]=3&page[size]=2", [], {"first": number(1, 2), "last": number(2, 2), "prev": number(2, 2)}),
        ("page[number]=99&page[size]=2", [], {"first": number(1, 2), "last": number(2, 2), "prev": number(2, 2)}),
        (
            "page[offset]=0&page[limit]=2",
            ["1", "2"],
            {"first": offset(0, 2), "last": offset(2, 2), "next": offset(2, 2)},
        ),
        (
            "page[offset]=2&page[limit]=2",
            ["10", "x-1"],
            {"first": offset(0, 2), "last": offset(2, 2), "prev": offset(0, 2)},
        ),
        ("page[limit]=3", ["1", "2", "10"], {"first": offset(0, 3), "last": offset(3, 3), "next": offset(3, 3)}),
        ("page[offset]=4", [], {"first": offset(0, 20), "last": offset(0, 20), "prev": offset(0, 20)}),
        ("page[offset]=99&page[limit]=2", [], {"first": offset(0, 2), "last": offset(2, 2), "prev": offset(2, 2)}),
        ("page%5Bsize%5D=4", ["1", "2", "10", "x-1"], {"first": number(1, 4), "last": number(1, 4)}),
    ],
)
def test_a_page_and_its_links(shelf, query, expected, links):
    """Pagination: first, last, prev, next; unavailable ones omitted; contract: links in the style that was used."""
    answer = shelf.get(f"/articles?{query}")
    assert ids(answer) == expected
    assert answer.json["meta"] == {"page": {"total": 4}}
    assert page_links(answer) == links


def test_the_pages_of_an_empty_collection(shelf):
    answer = shelf.get("/accounts?page[size]=5")
    assert (ids(answer), page_links(answer)) == ([], {"first": number(1, 5), "last": number(1, 5)})
    assert answer.json["meta"] == {"page": {"total": 0}}


def test_without_page_there_are_no_page_links(shelf):
    """Contract, Fetching: no page, the whole collection."""
    answer = shelf.get("/articles?sort=title")
    assert (len(ids(answer)), page_links(answer)) == (4, {})
    assert answer.json["meta"] == {"page": {"total": 4}}


@pytest.mark.parametrize("start", ["page[size]=1", "page[limit]=1", "page[number]=1&page[size]=3", "page[limit]=3"])
def test_next_leads_through_the_whole_collection_in_its_order(shelf, start):
    """Pagination: order MUST be that of sorting; links keep the other parameters."""
    answer = shelf.get(f"/articles?sort=-title&filter[title][ne]=Plain&{start}")
    first, seen = answer, ids(answer)
    while "next" in answer.json["links"]:
        answer = shelf.get(path_of(answer.json["links"]["next"]))
        seen += ids(answer)
    assert seen == ["10", "1", "2"]
    assert shelf.get(path_of(first.json["links"]["last"])).data == answer.data
    while "prev" in answer.json["links"]:
        answer = shelf.get(path_of(answer.json["links"]["prev"]))
    assert answer.data == first.data == shelf.get(path_of(first.json["links"]["first"])).data


def test_links_keep_every_other_parameter(shelf):
    query = "filter[state]=draft&filter[title][like]=o%26&include=author&fields[people]=name&state=draft&_=1"
    links = page_links(shelf.get(f"/articles?{query}&page[size]=1"))
    assert links["first"] == {
        "filter[state]": "draft",
        "filter[title][like]": "o&",
        "include": "author",
        "fields[people]": "name",
        "state": "draft",
        "_": "1",
        **number(1, 1),
    }


@pytest.mark.parametrize(
    ("query", "total"),
    [
        ("/articles?filter[state]=draft&page[size]=1", 2),
        ("/articles?filter[state]=draft", 2),
        ("/articles/1/comments?page[size]=1", 2),
        ("/articles/1/comments?filter[author]=3&page[size]=1", 1),
        ("/tags/2/articles?page[number]=5&page[size]=10", 2),
        ("/tags?filter[label]=none&page[size]=1", 0),
    ],
)
def test_total_counts_what_the_filters_leave_on_all_pages(shelf, query, total):
    """Contract, Fetching: collections carry meta.page.total."""
    assert shelf.get(query).json["meta"] == {"page": {"total": total}}


def test_included_is_what_belongs_to_the_page(shelf):
    answer = shelf.get("/articles?page[size]=1&page[number]=2&include=author")
    assert [item["id"] for item in answer.json["included"]] == ["2"]


@pytest.mark.parametrize("value", ["0", "-1", "1.5", "x", "", "1e3", "+1", "0x1", "%D9%A1"])
@pytest.mark.parametrize("parameter", ["page[number]", "page[size]", "page[limit]"])
def test_a_value_out_of_range_is_400(shelf, parameter, value):
    """Contract, Fetching: out of range is 400, never clamped."""
    assert refusal(shelf.get(f"/articles?{parameter}={value}")) == (400, [f"invalid-parameter parameter={parameter}"])


@pytest.mark.parametrize(
    ("parameter", "value", "code"),
    [
        ("page[size]", "1001", "max-size-exceeded"),
        ("page[size]", "99999999999999999999", "max-size-exceeded"),
        ("page[limit]", "1001", "invalid-parameter"),
        ("page[limit]", "99999999999999999999", "invalid-parameter"),
        ("page[number]", "99999999999999999999", "invalid-parameter"),
        ("page[offset]", "99999999999999999999", "invalid-parameter"),
        ("page[offset]", "-1", "invalid-parameter"),
        ("page[offset]", "x", "invalid-parameter"),
        ("page[offset]", "", "invalid-parameter"),
    ],
)
def test_limits_of_the_range(shelf, parameter, value, code):
    assert refusal(shelf.get(f"/articles?{parameter}={value}")) == (400, [f"{code} parameter={parameter}"])


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("page[number]=1&page[limit]=1", "page[number]"),
        ("page[offset]=0&page[size]=1", "page[offset]"),
        ("page[offset]=0&page[number]=1&page[size]=1", "page[offset]"),
    ],
)
def test_two_styles_mixed_are_400(shelf, query, parameter):
    answer = shelf.get(f"/articles?{query}")
    assert refusal(answer) == (400, [f"invalid-parameter parameter={parameter}"])


@pytest.mark.parametrize(
    ("parameter", "suggestion"),
    [
        ("page", None),
        ("page[]", None),
        ("page[nummer]", "page[number]"),
        ("page[Size]", "page[size]"),
        ("page[number][x]", None),
        ("page[articles][number]", None),
        ("page-number", None),
    ],
)
def test_an_unknown_page_parameter_is_400(shelf, parameter, suggestion):
    answer = shelf.get(f"/articles?{parameter}=1")
    assert refusal(answer) == (400, [f"unknown-parameter parameter={parameter}"])
    if suggestion:
        assert answer.errors[0]["meta"]["suggestions"][0] == suggestion


def test_a_page_parameter_given_twice_is_400(shelf):
    answer = shelf.get("/articles?page[size]=1&page[size]=2")
    assert refusal(answer) == (400, ["invalid-parameter parameter=page[size]"])


@pytest.mark.parametrize("path", ["/articles/1", "/articles/1/author", "/articles/1/relationships/tags"])
def test_pages_belong_to_collections(shelf, path):
    """Pagination: links MUST be in the links object of a collection."""
    assert refusal(shelf.get(f"{path}?page[size]=1")) == (400, ["unknown-parameter parameter=page[size]"])
