"""Fetching Data, Filtering: every form, operator, path and value (contract: Filters)."""

from urllib.parse import quote

import pytest

from .answers import ids, refusal, warnings

ALL = ["1", "2", "10", "x-1"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        # the seed's way: plain names
        ("title=Plain", ["x-1"]),
        ("title=plain", []),
        ("title=Plai", []),
        ("state=draft", ["2", "10"]),
        ("id=2", ["2"]),
        ("id=99", []),
        ("author=1", ["1", "10"]),
        ("author=99", []),
        ("author=", ["x-1"]),
        ("author=null", ["x-1"]),
        ("tags=2", ["1", "2"]),
        ("word-count=20", ["2"]),
        ("body=", ["10", "x-1"]),
        # values are exact, commas included
        ("body=100% sure, a_b", ["1"]),
        ("title=On engines,Plain", []),
        ("author=1,2", []),
        # different names: all hold; the same name twice: any holds
        ("state=draft&author=1", ["10"]),
        ("state=draft&title=Plain", []),
        ("title=Plain&title=On engines", ["1", "x-1"]),
        ("author=1&author=2&state=draft", ["2", "10"]),
        ("state=draft&filter[state]=published", []),
    ],
)
def test_plain_names_filter_without_a_warning(shelf, query, expected):
    """Contract, Filters: the seed's way is simply right in lenient mode."""
    answer = shelf.get(f"/articles?{quote(query, safe='=&[]')}")
    assert (ids(answer), warnings(answer)) == (expected, [])


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("filter[title]=Plain", ["x-1"]),
        ("filter[title]=plain", []),
        ("filter[body]=100% sure, a_b", ["1"]),
        ("filter[body]=", ["10", "x-1"]),
        ("filter[title]=Plain&filter[title]=Éloge", ["10", "x-1"]),
        ("filter[title]=Plain&filter[state]=draft", []),
        ("filter[title]=' OR 1=1 --", []),
        ("filter[title]=\0", []),
        ("filter[title]=%", []),
        # ids
        ("filter[id]=1", ["1"]),
        ("filter[id]=1,10,x-1,99", ["1", "10", "x-1"]),
        ("filter[id]=1&filter[id]=2", ["1", "2"]),
        ("filter[id][eq]=2", ["2"]),
        ("filter[id][in]=2,1", ["1", "2"]),
        ("filter[id][ne]=1", ["2", "10", "x-1"]),
        ("filter[id]=01", []),
        # operators on texts
        ("filter[title][eq]=Plain", ["x-1"]),
        ("filter[title][ne]=Plain", ["1", "2", "10"]),
        ("filter[title][in]=Plain,On engines,none", ["1", "x-1"]),
        ("filter[title][lt]=On engines", ["2"]),
        ("filter[title][le]=On engines", ["1", "2"]),
        ("filter[title][gt]=On engines", ["10", "x-1"]),
        ("filter[title][ge]=Plain", ["10", "x-1"]),
        ("filter[title][gt]=A&filter[title][lt]=P", ["1", "2"]),
        # like: contains, ignoring case, % and _ literal
        ("filter[title][like]=EN", ["1"]),
        ("filter[title][like]=éLO", ["10"]),
        ("filter[title][like]=in", ["1", "x-1"]),
        ("filter[title][like]=", ALL),
        ("filter[body][like]=100", ["1", "2"]),
        ("filter[body][like]=100%", ["1"]),
        ("filter[body][like]=a_b", ["1"]),
        ("filter[body][like]=sure,", ["1"]),
        ("filter[title][like]=plain&filter[title][like]=room", ["2", "x-1"]),
        # numbers
        ("filter[word-count]=300", ["1"]),
        ("filter[word-count]=0300", ["1"]),
        ("filter[word-count][eq]=20", ["2"]),
        ("filter[word-count][lt]=300", ["2"]),
        ("filter[word-count][le]=300", ["1", "2"]),
        ("filter[word-count][gt]=20", ["1", "10"]),
        ("filter[word-count][ge]=1000", ["10"]),
        ("filter[word-count][in]=20,1000,7", ["2", "10"]),
        ("filter[word-count][ne]=300", ["2", "10", "x-1"]),
        ("filter[word-count]=-1", []),
        ("filter[word-count][ge]=20&filter[word-count][lt]=1000", ["1", "2"]),
        ("filter[word-count][gt]=20&filter[word-count][gt]=300", ["1", "10"]),
        ("filter[word-count]=null", ["x-1"]),
        ("filter[word-count][ne]=null", ["1", "2", "10"]),
        # dates by instant
        ("filter[written]=2019-05-01T10:00:00Z", ["1"]),
        ("filter[written]=2019-05-01T08:00", ["2"]),
        ("filter[written]=2019-05-01T12:00%2B02:00", ["1"]),
        ("filter[written][lt]=2019-05-01T10:00", ["2"]),
        ("filter[written][le]=2019-05-01T10:00", ["1", "2"]),
        ("filter[written][gt]=2019-05-01T08:00Z", ["1", "10"]),
        ("filter[written][ge]=2020-01-01T01:00%2B01:00", ["10"]),
        ("filter[written][in]=2019-05-01T08:00Z,2020-01-01T00:00", ["2", "10"]),
        ("filter[written][ne]=2019-05-01T10:00", ["2", "10", "x-1"]),
        # a closed list
        ("filter[state]=draft", ["2", "10"]),
        ("filter[state][in]=draft,published", ["1", "2", "10"]),
        ("filter[state][ne]=draft", ["1", "x-1"]),
        ("filter[state]=", ["x-1"]),
        # relationships by id
        ("filter[author]=1", ["1", "10"]),
        ("filter[author][eq]=2", ["2"]),
        ("filter[author][ne]=1", ["2", "x-1"]),
        ("filter[author][in]=1,2", ["1", "2", "10"]),
        ("filter[author]=1&filter[author]=2", ["1", "2", "10"]),
        ("filter[author]=null", ["x-1"]),
        ("filter[author]=", ["x-1"]),
        ("filter[author][ne]=null", ["1", "2", "10"]),
        ("filter[tags]=1", ["1"]),
        ("filter[tags][in]=1,2", ["1", "2"]),
        ("filter[tags][ne]=1", ["2", "10", "x-1"]),
        ("filter[tags]=null", ["10", "x-1"]),
        ("filter[tags][ne]=null", ["1", "2"]),
        ("filter[comments]=3", ["2"]),
        # paths through relationships
        ("filter[author.name]=Ada", ["1", "10"]),
        ("filter[author.name][in]=Ada,Ben", ["1", "2", "10"]),
        ("filter[author.name][like]=a", ["1", "10"]),
        ("filter[author.id]=2", ["2"]),
        ("filter[author.best-friend]=1", ["2"]),
        ("filter[author.best-friend.name]=Ben", ["1", "10"]),
        ("filter[tags.label]=http", ["1", "2"]),
        ("filter[tags.label][in]=sql,unused", ["1"]),
        ("filter[comments.author]=3", ["1"]),
        ("filter[comments.author]=null", ["2"]),
        ("filter[comments.author.name]=Ben", ["1"]),
        ("filter[tags.articles.author.name]=Ada", ["1", "2"]),
        ("filter[tags.articles.word-count][lt]=100&filter[author]=1", ["1"]),
        ("filter[author.best-friend.best-friend.best-friend.name]=Ada", ["2"]),
    ],
)
def test_filters(shelf, query, expected):
    """Filtering: the family `filter`."""
    answer = shelf.get(f"/articles?{quote(query, safe='=&[]+%:' if '%2B' in query else '=&[]')}")
    assert (ids(answer), warnings(answer)) == (expected, [])
    assert answer.json["meta"] == {"page": {"total": len(expected)}}


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/articles/1/comments?filter[author]=3", ["2"]),
        ("/articles/1/comments?text=First", ["1"]),
        ("/articles/1/comments?filter[author.best-friend][ne]=null", ["1"]),
        ("/tags/2/articles?filter[tags]=1", ["1"]),
        ("/people/1/articles?filter[comments]=null&state=draft", ["10"]),
    ],
)
def test_related_lists_are_filtered_too(shelf, path, expected):
    assert ids(shelf.get(path)) == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("email=ADA@example.ORG", ["1"]),
        ("filter[email]=ada@EXAMPLE.org", ["1"]),
        ("filter[email][in]=ADA@EXAMPLE.ORG,BEN@example.org", ["1", "2"]),
        ("filter[email][ne]=ADA@EXAMPLE.ORG", ["2"]),
        ("filter[email][like]=ADA@", ["1"]),
    ],
)
def test_an_email_is_compared_without_regard_to_case(toys, query, expected):
    """Contract, Filters."""
    toys.create("accounts", {"email": "Ada@Example.org"})
    toys.create("accounts", {"email": "ben@example.org"})
    assert ids(toys.get(f"/accounts?{query}")) == expected


@pytest.mark.parametrize("query", ["filter[state]=drafd", "state=drafd", "filter[state][in]=drafd"])
def test_a_value_that_the_type_cannot_have_gives_an_empty_list_and_a_warning(shelf, query):
    """Contract, Filters: with the nearest legal value."""
    answer = shelf.get(f"/articles?{query}")
    assert (ids(answer), warnings(answer)) == ([], [f"unmatchable-value parameter={query.split('=')[0]}"])
    assert "did you mean 'draft'?" in answer.warnings[0]["detail"]


@pytest.mark.parametrize(
    ("parameter", "value", "code", "suggestion"),
    [
        ("filter[nothing]", "1", "unknown-field", None),
        ("filter[titel]", "1", "unknown-field", "title"),
        ("filter[wordCount]", "1", "unknown-field", "word-count"),
        ("filter[autor.name]", "1", "unknown-field", "author"),
        ("filter[author.nam]", "1", "unknown-field", "name"),
        ("filter[title.name]", "1", "unknown-field", None),
        ("filter[author.]", "1", "unknown-field", None),
        ("filter[.title]", "1", "unknown-field", None),
        ("filter[tags.articles.tags.articles.tags.label]", "1", "invalid-parameter", None),
        ("filter[title][equals]", "1", "invalid-parameter", None),
        ("filter[title][lik]", "1", "invalid-parameter", "like"),
        ("filter[title][]", "1", "invalid-parameter", None),
        ("filter[word-count][like]", "1", "invalid-parameter", None),
        ("filter[author][gt]", "1", "invalid-parameter", None),
        ("filter[author][like]", "1", "invalid-parameter", None),
        ("filter[id][like]", "1", "invalid-parameter", None),
        ("filter[id][lt]", "1", "invalid-parameter", None),
        ("filter", "1", "invalid-parameter", None),
        ("filter[]", "1", "invalid-parameter", None),
        ("filter[title][eq][x]", "1", "invalid-parameter", None),
        ("filter[title", "1", "invalid-parameter", None),
        ("filter[word-count]", "many", "invalid-parameter", None),
        ("filter[word-count]", "", "invalid-parameter", None),
        ("filter[word-count]", "1_0", "invalid-parameter", None),
        ("filter[word-count]", "%D9%A3", "invalid-parameter", None),
        ("filter[word-count]", "9223372036854775808", "invalid-parameter", None),
        ("filter[word-count][in]", "1,x", "invalid-parameter", None),
        ("word-count", "NaN", "invalid-parameter", None),
        ("filter[written]", "yesterday", "invalid-parameter", None),
        ("filter[written]", "2019-05-01", "invalid-parameter", None),
        ("written", "2019-13-01T00:00", "invalid-parameter", None),
        ("titel", "1", "unknown-parameter", "title"),
        ("author.name", "1", "unknown-parameter", "filter[author.name]"),
    ],
)
@pytest.mark.parametrize("path", ["/articles", "/tags/1/articles"])
def test_a_filter_that_cannot_be_is_400(shelf, path, parameter, value, code, suggestion):
    """Contract, Which status: an unknown path or field, or a malformed value."""
    answer = shelf.get(f"{path}?{parameter}={value}")
    assert refusal(answer) == (400, [f"{code} parameter={parameter}"])
    if suggestion:
        assert answer.errors[0]["meta"]["suggestions"][0] == suggestion


def test_a_plus_that_became_a_space_is_explained(shelf):
    answer = shelf.get("/articles?filter[written]=2019-05-01T12:00+02:00")
    assert refusal(answer) == (400, ["invalid-parameter parameter=filter[written]"])
    assert "%2B" in answer.errors[0]["detail"]


@pytest.mark.parametrize("name", ["author", "word-count"])
def test_null_and_a_value_at_once_are_400(shelf, name):
    answer = shelf.get(f"/articles?filter[{name}]=null&filter[{name}]=1")
    assert refusal(answer) == (400, [f"invalid-parameter parameter=filter[{name}]"])


@pytest.mark.parametrize("parameter", ["filter[title]", "title", "id", "filter[id]"])
@pytest.mark.parametrize("path", ["/articles/1", "/comments/1/article"])
def test_filters_belong_to_collections(shelf, path, parameter):
    assert refusal(shelf.get(f"{path}?{parameter}=1")) == (400, [f"unknown-parameter parameter={parameter}"])


@pytest.mark.parametrize("name", ["title", "id", "author"])
def test_plain_names_are_400_in_strict_mode(shelf, name):
    """Query Parameters: names of a-z only are reserved; contract, Filters."""
    answer = shelf.get(f"/articles?{name}=1", prefer="handling=strict")
    assert refusal(answer) == (400, [f"plain-filter parameter={name}"])
    assert answer.errors[0]["meta"]["suggestions"] == [f"filter[{name}]"]


@pytest.fixture
def accounts(toys):
    toys.create("accounts", {"email": "ada@example.org", "password": "s3cret"})
    toys.create("accounts", {"email": "ben@example.org", "password": "two"})
    return toys


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("email=ada@example.org&password=s3cret", ["1"]),
        ("email=ADA@EXAMPLE.ORG&password=s3cret", ["1"]),
        ("filter[email]=ada@example.org&filter[password]=s3cret", ["1"]),
        ("email=ada@example.org&password=two", []),
        ("email=ada@example.org&password=", []),
        ("email=none@example.org&password=s3cret", []),
    ],
)
def test_a_password_is_checked_for_the_one_email_and_repeated_nowhere(accounts, query, expected):
    """Contract, course § Login check."""
    answer = accounts.get(f"/accounts?{query}")
    assert ids(answer) == expected
    assert answer.headers["Cache-Control"] == "no-store"
    assert "password" not in answer.body.decode()


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("password=s3cret", "password"),
        ("filter[password]=s3cret", "filter[password]"),
        ("id=1&password=s3cret", "password"),
        ("email=ada@example.org&password=s3cret&password=two", "password"),
        ("email=ada@example.org&email=ben@example.org&password=s3cret", "password"),
        ("email=ada@example.org&filter[password][ne]=s3cret", "filter[password][ne]"),
        ("email=ada@example.org&filter[password][like]=o", "filter[password][like]"),
    ],
)
def test_a_password_in_any_other_filter_is_400(accounts, query, parameter):
    answer = accounts.get(f"/accounts?{query}")
    assert refusal(answer) == (400, [f"invalid-parameter parameter={parameter}"])
    assert b"s3cret" not in answer.body


def test_a_number_is_compared_as_a_number_with_a_fraction_too(shelf):
    """Contract, Filters: numbers as numbers."""
    counts = [article["attributes"]["word-count"] for article in shelf.get("/articles").data]
    some = sorted(count for count in counts if count is not None)[0]

    def found(name, value):
        return len(shelf.get(f"/articles?{name}={value}").data)

    assert found("filter[word-count]", f"{some}.0") == counts.count(some) > 0
    assert found("filter[word-count]", f"{some}.5") == 0
    assert found("filter[word-count][gt]", f"{some}.5") == found("filter[word-count][gt]", some)
