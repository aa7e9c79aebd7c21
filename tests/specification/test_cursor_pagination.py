"""The profile Cursor Pagination (https://jsonapi.org/profiles/ethanresnick/cursor-pagination), by its headings."""

import base64
import json
from urllib.parse import parse_qsl, quote, urlsplit

import pytest

from jsonapi_course import create_app

from ..client import MEDIA_TYPE, Client, in_process
from ..toys import load_toys
from .answers import ids, included, path_of, refusal

PROFILE = "https://jsonapi.org/profiles/ethanresnick/cursor-pagination"
ACCEPT = f'{MEDIA_TYPE};profile="{PROFILE}"'

SORTS = [
    "",
    "title",
    "-title",
    "body",
    "word-count",
    "-word-count",
    "written",
    "-written",
    "state",
    "-state,title",
    "state,-word-count,written",
    "title,title",
    "author.name",
    "-author.name",
    "author.name,-word-count",
    "author.best-friend.name,-written",
    "-author.best-friend.name,title",
    "id",
    "-id",
    "author.id",
    "-author.best-friend.id,-id",
]

# title, written, word-count, state, author; with ties in everything, and without everything that is optional
ARTICLES = [
    ("Bees", "2019-05-01T10:00", 300, "draft", "1"),
    ("Ants", "2019-05-01T10:00+02:00", 20, "draft", "2"),
    ("Éloge", "2020-01-01T00:00:00Z", 1000, "published", "1"),
    ("Bees", None, None, None, None),
    ("bees", "2019-05-01T12:00:00+02:00", 300, "published", "3"),
    ("%_", "2018-12-31T23:59:59.999999Z", 0, "draft", None),
    ("Ants", None, 20, None, "2"),
    ("𝄞 clef", "2019-05-01T10:00:00Z", None, "published", "3"),
]
IDS = [None, None, "10", "x-1", None, "007", None, "B"]
TAGS = [str(number) for number in range(1, 26)]


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    """Eight articles of three authors, and 25 tags, most of them of article 1; tests must not write to it."""
    client = Client(in_process(create_app({"INSTANCE_PATH": str(tmp_path_factory.mktemp("library"))}, load_toys)))
    for name in ("Ada", "Ben", "Ada"):
        client.create("people", {"name": name})
    for person, friend in (("1", "2"), ("3", "1")):
        body = {"data": {"type": "people", "id": friend}}
        assert client.patch(f"/people/{person}/relationships/best-friend", body).status == 200
    for id_, (title, written, count, state, author) in zip(IDS, ARTICLES, strict=True):
        attributes = {"title": title, "word-count": count}
        attributes |= {name: value for name, value in (("written", written), ("state", state)) if value}
        client.create("articles", attributes, id_, author=author and ("people", author))
    for _ in TAGS:
        client.create("tags", {"label": "same"})
    body = {"data": [{"type": "tags", "id": id_} for id_ in TAGS[2:]]}
    assert client.post("/articles/1/relationships/tags", body).status == 200
    return client


@pytest.fixture
def shop(toys):
    """Five tags a, c, e, g and i with the ids 1 to 5, to be changed."""
    for label in "acegi":
        toys.create("tags", {"label": label})
    return toys


def get(client, path):
    answer = client.get(path, Accept=ACCEPT)
    assert answer.status == 200, answer
    return answer


def query(url):
    return dict(parse_qsl(urlsplit(url).query))


def follow(client, answer, link):
    url = answer.json["links"][link]
    return url and get(client, path_of(url))


def walk(client, answer, link):
    """The ids of each page from `answer` along the link."""
    pages = []
    while answer is not None:
        pages.append(ids(answer))
        assert len(pages) < 100
        answer = follow(client, answer, link)
    return pages


def cursors(client, path):
    """{id: the cursor that falls on it} of a collection with more than one item."""
    found = {}
    answer = get(client, path)
    while answer is not None:
        (id_,), links = ids(answer), answer.json["links"]
        found[id_] = query(links["next"])["page[after]"] if links["next"] else query(links["prev"])["page[before]"]
        answer = follow(client, answer, "next")
    return found


@pytest.fixture(scope="module")
def on(library):
    """The cursors on the tags 1 to 25."""
    return cursors(library, "/tags?page[size]=1")


def joined(pages):
    return [id_ for page in pages for id_ in page]


# --- Sorting, Cursors -------------------------------------------------------------------------------
@pytest.mark.parametrize("sort", SORTS)
def test_next_and_prev_lead_through_exactly_the_collection_in_its_order(library, sort):
    """Sorting: what is only partially ordered MUST get a unique order; page[size]: pages MUST be full."""
    sort = f"sort={sort}&" if sort else ""
    whole = ids(library.get(f"/articles?{sort}"))
    assert len(whole) == len(ARTICLES)
    for size in (1, 3, 8):
        forward = walk(library, get(library, f"/articles?{sort}page[size]={size}"), "next")
        assert forward == [whole[start : start + size] for start in range(0, 8, size)]
        last = get(library, path_of(get(library, f"/articles?{sort}page[size]={size}").json["links"]["last"]))
        backward = walk(library, last, "prev")
        assert joined(reversed(backward)) == whole
        assert [len(page) for page in backward] == [size] * (8 // size) + [8 % size] * (8 % size > 0)


def test_a_deleted_item_leaves_what_is_before_and_after_its_cursor(shop):
    """Cursors: the cursor would no longer fall on any one result, but the same results come before and after it."""
    cursor = cursors(shop, "/tags?sort=label&page[size]=1")["3"]
    assert shop.delete("/tags/3").status == 204
    assert ids(get(shop, f"/tags?sort=label&page[after]={cursor}")) == ["4", "5"]
    assert ids(get(shop, f"/tags?sort=label&page[before]={cursor}")) == ["1", "2"]


def test_inserted_and_deleted_items_neither_repeat_nor_skip_others(shop):
    """What the profile is for: offsets would repeat c after the insertion and skip g after the deletion."""
    page = get(shop, "/tags?sort=label&page[size]=2")
    assert ids(page) == ["1", "2"]
    for label in "bd":
        shop.create("tags", {"label": label})
    page = follow(shop, page, "next")
    assert ids(page) == ["7", "3"]
    for id_ in ("1", "2", "3"):
        assert shop.delete(f"/tags/{id_}").status == 204
    page = follow(shop, page, "next")
    assert (ids(page), page.json["links"]["next"]) == (["4", "5"], None)
    page = follow(shop, page, "prev")
    assert (ids(page), page.json["links"]["prev"]) == (["6", "7"], None)


def test_items_made_while_a_client_walks_come_at_their_place(shop):
    page = get(shop, "/tags?sort=-label&page[size]=4")
    assert (ids(page), len(follow(shop, page, "next").data)) == (["5", "4", "3", "2"], 1)
    shop.create("tags", {"label": "a"})
    shop.create("tags", {"label": "z"})
    assert walk(shop, follow(shop, page, "next"), "next") == [["1", "6"]]
    assert walk(shop, follow(shop, page, "last"), "prev") == [["3", "2", "1", "6"], ["7", "5", "4"]]


def test_an_item_that_moved_does_not_move_the_cursor(shop):
    cursor = cursors(shop, "/tags?sort=label&page[size]=1")["2"]
    body = {"data": {"type": "tags", "id": "2", "attributes": {"label": "z"}}}
    assert shop.patch("/tags/2", body).status == 200
    assert ids(get(shop, f"/tags?sort=label&page[after]={cursor}")) == ["3", "4", "5", "2"]


def test_a_cursor_is_safe_in_a_url_as_it_stands(library):
    found = cursors(library, "/articles?sort=title,author.name&page[size]=1")
    assert len(found) == len(ARTICLES)
    assert all(quote(cursor, safe="") == cursor for cursor in found.values())


# --- page[size] -------------------------------------------------------------------------------------
@pytest.mark.parametrize("size", ["0", "000", "-1", "+1", "1.5", "1e2", "", "x", "٣", "1,2", " 5"])
def test_a_size_that_is_no_positive_integer_is_refused(library, on, size):
    """page[size]: MUST be a positive integer, else the invalid query parameter error."""
    answer = library.get(f"/tags?page[after]={on['1']}&page[size]={quote(size)}")
    assert refusal(answer) == (400, ["invalid-parameter parameter=page[size]"])


@pytest.mark.parametrize("size", ["1001", "2000", "99999999999999999999"])
def test_a_size_above_the_maximum_is_refused_with_the_maximum(library, size):
    """Max Page Size Exceeded Error: source, maxSize and the type link."""
    answer = library.get(f"/tags?page[size]={size}", Accept=ACCEPT)
    assert refusal(answer) == (400, ["max-size-exceeded parameter=page[size]"])
    (error,) = answer.errors
    assert error["links"]["type"] == f"{PROFILE}/max-size-exceeded"
    assert error["meta"] == {"page": {"maxSize": 1000}}


@pytest.mark.parametrize(("size", "expected"), [("1000", 25), ("0025", 25), ("00007", 7)])
def test_a_size_is_read_as_a_decimal_number(library, size, expected):
    assert len(get(library, f"/tags?page[size]={size}").data) == expected


def test_the_default_size_is_20(library, on):
    """page[size]: omitted, the server MUST choose one between 1 and the maximum."""
    page = get(library, f"/tags?page[after]={on['1']}")
    assert ids(page) == TAGS[1:21]
    assert {name: link and query(link)["page[size]"] for name, link in page_links(page).items()} == {
        "first": "20",
        "last": "20",
        "prev": "20",
        "next": "20",
    }


# --- page[after] and page[before] -------------------------------------------------------------------
@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("page[size]=2", ["1", "2"]),
        ("page[after]={5}&page[size]=2", ["6", "7"]),
        ("page[after]={24}&page[size]=2", ["25"]),
        ("page[after]={25}&page[size]=2", []),
        ("page[before]={9}&page[size]=3", ["6", "7", "8"]),
        ("page[before]={3}&page[size]=3", ["1", "2"]),
        ("page[before]={1}&page[size]=3", []),
        ("page[after]={5}&page[before]={9}", ["6", "7", "8"]),
        ("page[after]={1}&page[before]={25}", TAGS[1:24]),
        ("page[after]={5}&page[before]={6}", []),
        ("page[after]={5}&page[before]={5}", []),
        ("page[after]={9}&page[before]={5}", []),
    ],
)
def test_a_page_begins_after_and_ends_before_its_cursors(library, on, query, expected):
    """The first item is immediately after, the last closest before the cursor; without such items an empty array.

    Combining both: the default size MUST be the maximum.
    """
    query = query.replace("{", "{t").format(**{f"t{id_}": cursor for id_, cursor in on.items()})
    answer = get(library, f"/tags?{query}")
    assert ids(answer) == expected
    assert answer.json["meta"] == {"page": {"total": 25}}


@pytest.mark.parametrize(
    ("before", "size", "expected", "truncated"),
    [
        ("9", 2, ["6", "7"], True),
        ("9", 3, ["6", "7", "8"], False),
        ("9", 4, ["6", "7", "8"], False),
        ("7", 1, ["6"], False),
    ],
)
def test_a_range_that_is_longer_than_the_page_is_truncated(library, on, before, size, expected, truncated):
    """Combining: MUST be the same data as without page[before], and MUST add rangeTruncated: true."""
    answer = get(library, f"/tags?page[after]={on['5']}&page[before]={on[before]}&page[size]={size}")
    assert ids(answer) == expected
    assert answer.json["meta"]["page"] == {"total": 25} | ({"rangeTruncated": True} if truncated else {})
    if truncated:
        without = get(library, f"/tags?page[after]={on['5']}&page[size]={size}")
        assert answer.data == without.data


# --- Links ------------------------------------------------------------------------------------------
def page_links(answer):
    return {name: answer.json["links"][name] for name in ("first", "last", "prev", "next")}


def leads_to(client, answer):
    """What the links prev and next lead to: ids, or None for null."""
    return {link: (page := follow(client, answer, link)) and ids(page) for link in ("prev", "next")}


@pytest.mark.parametrize(
    ("query", "prev", "next_"),
    [
        ("page[size]=2", None, ["3", "4"]),
        ("page[size]=5", None, None),
        ("page[size]=9", None, None),
        ("page[after]={1}&page[size]=2", ["1"], ["4", "5"]),
        ("page[after]={3}&page[size]=2", ["2", "3"], None),
        ("page[after]={5}&page[size]=2", ["4", "5"], None),
        ("page[before]={5}&page[size]=2", ["1", "2"], ["5"]),
        ("page[before]={3}&page[size]=2", None, ["3", "4"]),
        ("page[before]={1}&page[size]=2", None, ["1", "2"]),
        ("page[after]={1}&page[before]={4}", ["1"], ["4", "5"]),
        ("page[after]={1}&page[before]={5}&page[size]=1", ["1"], ["3"]),
        ("page[after]={2}&page[before]={3}&page[size]=1", ["2"], ["3"]),
    ],
)
def test_prev_and_next_are_there_and_null_at_the_ends(shop, query, prev, next_):
    """Links: MUST include prev and next; null where the server MUST determine that there is no such page."""
    found = cursors(shop, "/tags?page[size]=1")
    query = query.replace("{", "{t").format(**{f"t{id_}": cursor for id_, cursor in found.items()})
    assert leads_to(shop, get(shop, f"/tags?{query}")) == {"prev": prev, "next": next_}


def test_the_pages_of_an_empty_collection_lead_nowhere(toys):
    page = get(toys, "/tags?page[size]=2")
    for answer in (page, follow(toys, page, "first"), follow(toys, page, "last")):
        assert (ids(answer), leads_to(toys, answer)) == ([], {"prev": None, "next": None})
        assert answer.json["meta"] == {"page": {"total": 0}}


@pytest.mark.parametrize("start", ["page[size]=2", "page[after]={2}&page[size]=2", "page[before]={4}&page[size]=2"])
def test_first_and_last_are_there_and_of_the_same_style(shop, start):
    """Links: RECOMMENDED. They need no Accept to be pages of cursors."""
    found = cursors(shop, "/tags?page[size]=1")
    start = start.replace("{", "{t").format(**{f"t{id_}": cursor for id_, cursor in found.items()})
    answer = get(shop, f"/tags?{start}")
    for link, expected, around in (
        ("first", ["1", "2"], {"prev": None, "next": ["3", "4"]}),
        ("last", ["4", "5"], {"prev": ["2", "3"], "next": None}),
    ):
        page = shop.get(path_of(answer.json["links"][link]))
        assert (ids(page), leads_to(shop, page)) == (expected, around)
        assert page.json["jsonapi"] == {"version": "1.1", "profile": [PROFILE]}


def test_the_first_and_the_last_cursor_bound_a_range_too(shop):
    links = get(shop, "/tags?page[size]=1").json["links"]
    start, end = query(links["first"])["page[after]"], query(links["last"])["page[before]"]
    whole = get(shop, f"/tags?page[after]={start}&page[before]={end}")
    assert (ids(whole), leads_to(shop, whole)) == (["1", "2", "3", "4", "5"], {"prev": None, "next": None})
    for nothing in (f"page[after]={end}", f"page[before]={start}", f"page[after]={end}&page[before]={start}"):
        assert ids(get(shop, f"/tags?{nothing}")) == []
    assert leads_to(shop, get(shop, f"/tags?page[after]={end}&page[size]=2")) == {"prev": ["4", "5"], "next": None}
    assert leads_to(shop, get(shop, f"/tags?page[before]={start}&page[size]=2")) == {"prev": None, "next": ["1", "2"]}


def test_links_keep_the_other_parameters(library):
    """Repeated plain filters, includes, fields and cache busters included."""
    own = [
        ("state", "draft"),
        ("state", "published"),
        ("filter[title][ne]", "Ants"),
        ("include", "author"),
        ("fields[articles]", "title,author"),
        ("sort", "-word-count,title"),
        ("_", "17"),
    ]
    text = "&".join(f"{quote(name)}={quote(value)}" for name, value in own)
    answer = get(library, f"/articles?{text}&page[size]=2")
    while answer is not None:
        for link in filter(None, page_links(answer).values()):
            assert [arg for arg in parse_qsl(urlsplit(link).query) if not arg[0].startswith("page[")] == own
            assert set(query(link)) - dict(own).keys() in (
                {"page[after]", "page[size]"},
                {"page[before]", "page[size]"},
            )
        answer = follow(library, answer, "next")


@pytest.mark.parametrize(
    "path",
    [
        "/articles?state=draft&state=published&sort=title&",
        "/articles?filter[word-count][ge]=20&sort=-word-count&",
        "/articles?filter[author.name]=Ada&sort=author.name,-title&",
        "/articles/1/tags?",
        "/articles/1/tags?sort=-label,-id&",
        "/people/1/articles?sort=-word-count&",
        "/people/2/articles?",
    ],
)
def test_filtered_and_related_collections_have_pages_of_cursors(library, path):
    whole = library.get(path)
    assert len(ids(whole)) > 1
    page = get(library, f"{path}page[size]=2")
    assert page.json["meta"] == {"page": {"total": len(ids(whole))}} | (
        {"warnings": page.warnings} if page.warnings else {}
    )
    assert joined(walk(library, page, "next")) == ids(whole)
    assert joined(reversed(walk(library, follow(library, page, "last"), "prev"))) == ids(whole)


def test_a_page_includes_what_its_own_items_are_related_to(library):
    page = get(library, "/articles?sort=id&include=author&page[size]=2")
    assert (ids(page), included(page)) == (["1", "2"], [("people", "1"), ("people", "2")])
    page = follow(library, page, "next")
    assert (ids(page), included(page)) == (["3", "4"], [("people", "2"), ("people", "3")])


def test_the_login_check_has_pages_whose_links_hide_the_password(toys):
    toys.create("accounts", {"email": "ada@example.org", "password": "secret"})
    for password, expected in (("secret", ["1"]), ("wrong", [])):
        answer = get(toys, f"/accounts?email=ada@example.org&password={password}&page[size]=1")
        assert (ids(answer), leads_to(toys, answer)) == (expected, {"prev": None, "next": None})
        assert password not in answer.body.decode()


# --- the style, the profile -------------------------------------------------------------------------
@pytest.mark.parametrize(
    "accept",
    [
        ACCEPT,
        f'{MEDIA_TYPE};profile="{PROFILE}/"',
        f'{MEDIA_TYPE};profile="http://jsonapi.org/profiles/ethanresnick/cursor-pagination"',
        f'{MEDIA_TYPE};profile="https://example.org/other {PROFILE}"',
        f'text/html, {MEDIA_TYPE}, {MEDIA_TYPE};profile="{PROFILE}";q=0.9',
    ],
)
def test_size_alone_is_of_cursors_where_accept_asks_for_the_profile(library, accept):
    answer = library.get("/tags?page[size]=2", Accept=accept)
    assert query(answer.json["links"]["next"]).keys() == {"page[after]", "page[size]"}
    assert answer.json["jsonapi"] == {"version": "1.1", "profile": [PROFILE]}
    assert answer.headers["Content-Type"] == f'{MEDIA_TYPE}; profile="{PROFILE}"'
    assert "Accept" in answer.headers["Vary"]


@pytest.mark.parametrize("accept", [None, "*/*", MEDIA_TYPE, f'{MEDIA_TYPE};profile="https://example.org/other"'])
def test_size_alone_is_of_numbers_elsewhere(library, accept):
    answer = library.request("GET", "/tags?page[size]=2", headers={"Accept": accept} if accept else {})
    assert query(answer.json["links"]["next"]) == {"page[number]": "2", "page[size]": "2"}
    assert (answer.json["jsonapi"], answer.headers["Content-Type"]) == ({"version": "1.1"}, MEDIA_TYPE)


def test_a_cursor_needs_no_accept(library, on):
    answer = library.get(f"/tags?page[after]={on['3']}&page[size]=2")
    assert ids(answer) == ["4", "5"]
    assert answer.headers["Content-Type"] == f'{MEDIA_TYPE}; profile="{PROFILE}"'


@pytest.mark.parametrize("path", ["/tags", "/tags?page[number]=2&page[size]=2", "/tags?page[limit]=2", "/tags/1"])
def test_the_profile_is_not_applied_where_there_are_no_pages_of_cursors(library, path):
    answer = get(library, path)
    assert (answer.json["jsonapi"], answer.headers["Content-Type"]) == ({"version": "1.1"}, MEDIA_TYPE)


def test_what_the_client_has_of_a_page_is_not_sent_again(library):
    path = "/tags?page[size]=2"
    etag = get(library, path).headers["ETag"]
    assert library.get(path, Accept=ACCEPT, If_None_Match=etag).status == 304
    assert library.get(path, If_None_Match=etag).status == 200


@pytest.mark.parametrize(
    "others",
    ["page[number]=1", "page[number]=1&page[size]=2", "page[offset]=0", "page[limit]=5", "page[offset]=0&page[size]=2"],
)
def test_styles_cannot_be_mixed(library, on, others):
    for cursor in (f"page[after]={on['2']}", f"page[before]={on['2']}"):
        for mixed in (f"{others}&{cursor}", f"{cursor}&{others}"):
            answer = library.get(f"/tags?{mixed}")
            assert refusal(answer) == (400, [f"invalid-parameter parameter={mixed.partition('=')[0]}"])


@pytest.mark.parametrize("path", ["/tags/1?", "/articles/1/author?", "/articles/1/relationships/tags?"])
def test_what_is_no_collection_has_no_pages(library, on, path):
    answer = library.get(f"{path}page[after]={on['2']}")
    assert refusal(answer) == (400, ["unknown-parameter parameter=page[after]"])


# --- Invalid Parameter Value Error ------------------------------------------------------------------
def encoded(content):
    text = content if isinstance(content, str) else json.dumps(content)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decoded(cursor):
    return json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "x",
        "abcde",
        "====",
        "1",
        "é",
        "𝄞",
        "%00",
        "a b",
        "a+b/c",
        "_" * 4000,
        encoded(""),
        encoded("[" * 2000),
        encoded("NaN"),
        encoded('["tags:", [1]'),
        encoded([]),
        encoded(["tags:"]),
        encoded(["tags:", "middle"]),
        encoded(["tags:", 1]),
        encoded(["tags:", {}]),
        encoded(["tags:", None]),
        encoded(["tags:", []]),
        encoded(["tags:", [1, 2]]),
        encoded(["tags:", [None]]),
        encoded(["tags:", [True]]),
        encoded(["tags:", ["1"]]),
        encoded(["tags:", [[1]]]),
        encoded(["tags:", [{}]]),
        encoded(["tags:", [2**63]]),
        encoded(["tags:", [-(2**63) - 1]]),
        encoded(["tags:", [10**300]]),
        encoded(["tags:", [1] * 2000]),
        encoded(["articles:", [1]]),
        encoded(["tags:label", ["same", 1]]),
        encoded({"tags:": [1]}),
    ],
)
def test_what_is_no_cursor_of_this_collection_is_refused(library, cursor):
    """page[after] and page[before]: not a valid cursor, the invalid query parameter error."""
    for name in ("after", "before"):
        answer = library.get(f"/tags?page[{name}]={quote(cursor, safe='%')}")
        assert refusal(answer) == (400, [f"invalid-parameter parameter=page[{name}]"])


@pytest.mark.parametrize(
    ("sort", "values"),
    [
        ("title", [1, 1]),
        ("title", ["a\0b", 1]),
        ("title", ["a"]),
        ("title", ["a", 1, 1]),
        ("title", [True, 1]),
        ("title", ["a", None]),
        ("word-count", ["300", 1]),
        ("word-count", [[], 1]),
        ("word-count", [2**64, 1]),
        ("written", ["2019-05-01T10:00", 1]),
        ("id", ["1", 1, "1", "1", 1]),
        ("id", [0, 1, "1", 1]),
        ("author.name", [0, 1]),
    ],
)
def test_values_that_the_sort_cannot_have_are_refused(library, sort, values):
    real = decoded(next(iter(cursors(library, f"/articles?sort={sort}&page[size]=1").values())))
    assert real[0] == f"articles:{sort}"
    answer = library.get(f"/articles?sort={sort}&page[after]={encoded([real[0], values])}")
    assert refusal(answer) == (400, ["invalid-parameter parameter=page[after]"])


@pytest.mark.parametrize("other", ["", "-title", "title,body", "author.name"])
def test_a_cursor_of_another_sort_is_refused(library, other):
    cursor = cursors(library, "/articles?sort=title&page[size]=1")["10"]
    sort = f"sort={other}&" if other else ""
    answer = library.get(f"/articles?{sort}page[before]={cursor}")
    assert refusal(answer) == (400, ["invalid-parameter parameter=page[before]"])


def test_a_cursor_holds_in_every_collection_of_its_type(library):
    """The same rows in the same order: filtered, or related to another resource."""
    cursor = cursors(library, "/articles?sort=title&page[size]=1")["1"]
    assert ids(library.get(f"/articles?sort=title&author=2&page[before]={cursor}")) == ["2", "4"]
    assert ids(library.get(f"/people/2/articles?sort=title&page[before]={cursor}")) == ["2", "4"]


def test_both_cursors_are_refused_in_one_answer(library):
    answer = library.get("/tags?page[after]=x&page[before]=y&page[size]=0")
    places = ["page[size]", "page[after]", "page[before]"]
    assert refusal(answer) == (400, [f"invalid-parameter parameter={place}" for place in places])


def test_a_cursor_is_not_blamed_for_a_sort_that_there_is_not(library):
    cursor = cursors(library, "/articles?sort=title&page[size]=1")["1"]
    for path in (f"/articles?sort=titel&page[after]={cursor}", f"/articles?page[after]={cursor}&sort=title,titel"):
        assert refusal(library.get(path)) == (400, ["unknown-field parameter=sort"])


@pytest.mark.parametrize("name", ["after", "before"])
def test_a_cursor_is_given_once(library, on, name):
    answer = library.get(f"/tags?page[{name}]={on['2']}&page[{name}]={on['2']}")
    assert refusal(answer) == (400, [f"invalid-parameter parameter=page[{name}]"])


# --- Unsupported Sort Error -------------------------------------------------------------------------
def test_texts_too_long_for_a_url_cannot_be_sorted_by(toys):
    """Unsupported Sort Error: 400, source sort, the type link. Links that are longer than servers take are none."""
    for letter in "ab":
        toys.create("articles", {"title": "Long", "body": letter * 3000})
    answer = toys.get("/articles?sort=body&page[size]=1", Accept=ACCEPT)
    assert refusal(answer) == (400, ["unsupported-sort parameter=sort"])
    assert answer.errors[0]["links"]["type"] == f"{PROFILE}/unsupported-sort"
    assert ids(toys.get("/articles?sort=body&page[size]=1")) == ["1"]
    assert joined(walk(toys, get(toys, "/articles?sort=title&page[size]=1"), "next")) == ["1", "2"]
