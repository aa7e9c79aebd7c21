"""Creating Resources: POST to a collection (contract: Documents, Which status; course § Ids, Unknown members)."""

import pytest

from .answers import ids, refusal, send, warnings


def article(attributes=None, **members):
    return {"data": {"type": "articles", "attributes": {"title": "New", **(attributes or {})}, **members}}


def comment(**relationships):
    linkage = {name: {"data": data} for name, data in relationships.items()}
    return {"data": {"type": "comments", "attributes": {"text": "New"}, "relationships": linkage}}


def test_a_created_resource_is_201_with_its_location_and_itself(desk):
    """Creating § 201: status, Location, the resource; links.self MUST match Location."""
    body = article(
        {"body": "text", "written": "2019-05-01T10:00", "word-count": 5, "state": "draft"},
        relationships={
            "author": {"data": {"type": "people", "id": "3"}},
            "tags": {"data": [{"type": "tags", "id": "3"}, {"type": "tags", "id": "1"}]},
        },
    )
    answer = desk.post("/articles", body)
    assert answer.status == 201
    assert answer.headers["Location"] == answer.data["links"]["self"] == "http://localhost/api/s1/articles/3"
    assert answer.data["attributes"] == body["data"]["attributes"]
    assert answer.data["relationships"]["author"]["data"] == {"type": "people", "id": "3"}
    assert [tag["id"] for tag in answer.data["relationships"]["tags"]["data"]] == ["1", "3"]
    assert desk.get("/articles/3").data == answer.data


def test_the_other_side_of_a_new_relationship_follows(desk):
    desk.post("/articles", article(relationships={"author": {"data": {"type": "people", "id": "3"}}}))
    assert ids(desk.get("/people/3/articles")) == ["3"]


def test_naming_a_resource_in_a_to_many_moves_it_here(desk):
    """Contract, course § modules: inverse sides are writable; naming a resource moves it."""
    body = article(relationships={"comments": {"data": [{"type": "comments", "id": "1"}]}})
    assert desk.post("/articles", body).status == 201
    assert desk.get("/comments/1/relationships/article").data == {"type": "articles", "id": "3"}
    assert ids(desk.get("/articles/1/comments")) == ["2"]


# --- ids --------------------------------------------------------------------------------------------
def test_given_ids_count_up_and_are_never_given_again(toys):
    """Contract, course § Ids: per type; also not after a delete."""
    assert [toys.create("tags", {"label": "x"})["id"] for _ in range(3)] == ["1", "2", "3"]
    assert toys.create("people", {"name": "x"})["id"] == "1"
    toys.delete("/tags/3")
    toys.delete("/tags/2")
    assert toys.create("tags", {"label": "x"})["id"] == "4"


def test_given_ids_step_over_those_that_clients_took(toys):
    for id_ in ("2", "3"):
        toys.create("tags", {"label": "x"}, id_=id_)
    assert [toys.create("tags", {"label": "x"})["id"] for _ in range(2)] == ["1", "4"]


@pytest.mark.parametrize("id_", ["7", "a", "A.b_c-d", "0", "1.", "550e8400-e29b-41d4-a716-446655440000", "x" * 64])
def test_a_client_may_choose_the_id(toys, id_):
    """Client-Generated IDs: MAY be accepted; § 204: then 201 with a document."""
    answer = toys.post("/tags", {"data": {"type": "tags", "id": id_, "attributes": {"label": "new"}}})
    assert (answer.status, answer.data["id"]) == (201, id_)
    assert answer.headers["Location"] == f"http://localhost/api/s1/tags/{id_}"
    assert toys.get(f"/tags/{id_}").data == answer.data


@pytest.mark.parametrize("id_", [" ", "a b", "a/b", "-a", ".", "..", "_a", "é", "x" * 65, "1\n", "a%2Fb", "?", "1,2"])
def test_an_id_with_other_characters_is_422(toys, id_):
    """Contract, course § Ids: 1 to 64 of A-Z a-z 0-9 - _ . beginning with a letter or digit."""
    answer = toys.post("/tags", {"data": {"type": "tags", "id": id_, "attributes": {"label": "new"}}})
    assert refusal(answer) == (422, ["invalid-id pointer=/data/id"])
    assert toys.get("/tags").data == []


@pytest.mark.parametrize("id_", [1, 1.5, True, [], {}])
def test_an_id_that_is_no_string_is_400(toys, id_):
    """Identification: the id MUST be a string."""
    answer = toys.post("/tags", {"data": {"type": "tags", "id": id_, "attributes": {"label": "new"}}})
    assert refusal(answer) == (400, ["invalid-identifier pointer=/data/id"])


@pytest.mark.parametrize("id_", [None, ""])
def test_an_id_that_is_null_or_empty_counts_as_absent_with_a_warning(toys, id_):
    body = {"data": {"type": "tags", "id": id_, "attributes": {"label": "new"}}}
    answer = toys.post("/tags", body)
    assert (answer.status, answer.data["id"], warnings(answer)) == (201, "1", ["id-coerced pointer=/data/id"])
    assert refusal(toys.post("/tags", body, prefer="handling=strict")) == (400, ["id-coerced pointer=/data/id"])
    assert ids(toys.get("/tags")) == ["1"]


# --- conflicts and what is missing ------------------------------------------------------------------
def test_an_id_that_is_taken_is_409_and_names_it(desk):
    """Creating § 409: MUST; details SHOULD tell the source of the conflict."""
    answer = desk.post("/articles", article(id="x-1"))
    assert refusal(answer) == (409, ["id-taken pointer=/data/id"])
    assert "'x-1'" in answer.errors[0]["detail"]
    assert desk.get("/articles/x-1").data["attributes"]["title"] == "Plain"


@pytest.mark.parametrize("type_", ["people", "article", "Articles", "", "nothing"])
def test_a_type_that_is_not_the_collections_is_409(desk, type_):
    """Creating § 409: MUST."""
    answer = desk.post("/articles", {"data": {"type": type_, "attributes": {"title": "New"}}})
    assert refusal(answer) == (409, ["type-conflict pointer=/data/type"])
    assert answer.errors[0]["meta"]["suggestions"] == ["articles"]


def test_a_value_that_must_be_unique_and_is_taken_is_409(toys):
    """Contract, Which status: uniqueness."""
    toys.create("accounts", {"email": "ada@example.org"})
    answer = toys.post("/accounts", {"data": {"type": "accounts", "attributes": {"email": "ADA@example.org"}}})
    assert refusal(answer) == (409, ["not-unique pointer=/data/attributes/email"])


@pytest.mark.parametrize(
    ("relationships", "pointer"),
    [
        ({"author": {"data": {"type": "people", "id": "99"}}}, "/data/relationships/author"),
        (
            {"tags": {"data": [{"type": "tags", "id": "1"}, {"type": "tags", "id": "99"}]}},
            "/data/relationships/tags",
        ),
    ],
)
def test_a_related_resource_that_does_not_exist_is_404_and_nothing_is_created(desk, relationships, pointer):
    """Creating § 404: MUST."""
    answer = desk.post("/articles", article(relationships=relationships))
    assert refusal(answer) == (404, [f"unknown-resource pointer={pointer}"])
    assert "'99'" in answer.errors[0]["detail"]
    assert ids(desk.get("/articles")) == ["1", "2", "10", "x-1"]


def test_everything_or_nothing_is_created(desk):
    """Creating, Updating and Deleting: a request MUST completely succeed or fail."""
    before = [desk.get(path).data for path in ("/articles", "/comments", "/tags")]
    body = article(
        relationships={
            "comments": {"data": [{"type": "comments", "id": "1"}]},
            "tags": {"data": [{"type": "tags", "id": "3"}]},
            "author": {"data": {"type": "people", "id": "99"}},
        }
    )
    assert desk.post("/articles", body).status == 404
    assert [desk.get(path).data for path in ("/articles", "/comments", "/tags")] == before


def test_a_refused_post_uses_up_no_id(toys):
    assert toys.post("/articles", article({"title": "x"})).status == 422
    assert toys.post("/articles", article()).data["id"] == "1"


# --- content ----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("attributes", "code", "name"),
    [
        ({"title": "x"}, "too-short", "title"),
        ({"title": ""}, "too-short", "title"),
        ({"title": None}, "null-not-allowed", "title"),
        ({"title": 5}, "wrong-kind", "title"),
        ({"title": ["New"]}, "wrong-kind", "title"),
        ({"title": {"en": "New"}}, "wrong-kind", "title"),
        ({"title": True}, "wrong-kind", "title"),
        ({"body": 5}, "wrong-kind", "body"),
        ({"word-count": "5"}, "wrong-kind", "word-count"),
        ({"word-count": 1.5}, "wrong-kind", "word-count"),
        ({"word-count": True}, "wrong-kind", "word-count"),
        ({"word-count": []}, "wrong-kind", "word-count"),
        ({"word-count": -1}, "out-of-range", "word-count"),
        ({"word-count": 1000001}, "out-of-range", "word-count"),
        ({"word-count": 9223372036854775807}, "out-of-range", "word-count"),
        ({"state": "drafd"}, "not-in-list", "state"),
        ({"state": "Draft"}, "not-in-list", "state"),
        ({"state": 1}, "wrong-kind", "state"),
        ({"written": "yesterday"}, "invalid-date", "written"),
        ({"written": "2019-05-01"}, "invalid-date", "written"),
        ({"written": "2019-05-01 10:00"}, "invalid-date", "written"),
        ({"written": "2019-02-30T10:00"}, "invalid-date", "written"),
        ({"written": "01.05.2019"}, "invalid-date", "written"),
        ({"written": 1556697600}, "wrong-kind", "written"),
    ],
)
@pytest.mark.parametrize("prefer", ["handling=lenient", "handling=strict"])
def test_an_attribute_that_cannot_be_is_422_at_its_pointer(shelf, attributes, code, name, prefer):
    """Contract, Which status: the content of an attribute."""
    answer = shelf.post("/articles", article(attributes), prefer=prefer)
    assert refusal(answer) == (422, [f"{code} pointer=/data/attributes/{name}"])


def test_values_of_a_closed_list_are_all_named(shelf):
    (error,) = shelf.post("/articles", article({"state": "drafd"})).errors
    assert error["meta"] == {"suggestions": ["draft"], "allowed": ["draft", "published"]}


@pytest.mark.parametrize(
    ("data", "faults"),
    [
        ({"type": "articles"}, ["missing-member pointer=/data"]),
        ({"type": "articles", "attributes": {}}, ["missing-member pointer=/data/attributes"]),
        (
            {"type": "comments", "attributes": {"text": "x"}},
            ["missing-member pointer=/data"],
        ),
        (
            {"type": "comments", "attributes": {"text": "x"}, "relationships": {"article": {}}},
            ["missing-member pointer=/data/relationships"],
        ),
        (
            {"type": "comments", "attributes": {"text": "x"}, "relationships": {"article": {"data": None}}},
            ["null-not-allowed pointer=/data/relationships/article"],
        ),
        ({"type": "comments"}, ["missing-member pointer=/data"] * 2),
    ],
)
def test_a_required_member_that_is_missing_is_422(shelf, data, faults):
    """Contract, Which status: a required attribute or relationship; null for one in a document."""
    assert refusal(shelf.post(f"/{data['type']}", {"data": data})) == (422, faults)


@pytest.mark.parametrize("value", [3, 3.0, 3e0])
def test_numbers_are_numbers_however_json_writes_them(toys, value):
    assert toys.post("/articles", article({"word-count": value})).data["attributes"]["word-count"] == 3


@pytest.mark.parametrize("name", ["body", "written", "state"])
def test_null_for_an_optional_text_counts_as_not_sent_with_a_warning(toys, name):
    """Contract, course."""
    answer = toys.post("/articles", article({name: None}))
    assert (answer.status, answer.data["attributes"][name]) == (201, "")
    assert warnings(answer) == [f"null-not-allowed pointer=/data/attributes/{name}"]


@pytest.mark.parametrize("name", ["body", "written", "state"])
def test_an_empty_optional_text_is_what_was_never_set(toys, name):
    """Contract, course: that reads ""; Documents: what was read can be sent back."""
    answer = toys.post("/articles", article({name: ""}), prefer="handling=strict")
    assert (answer.status, answer.data["attributes"][name]) == (201, "")
    assert ids(toys.get("/articles?filter[written][lt]=9999-01-01T00:00")) == []


def test_null_for_an_attribute_that_may_be_null_is_a_value(toys):
    answer = toys.post("/articles", article({"word-count": None}))
    assert (answer.status, warnings(answer), answer.data["attributes"]["word-count"]) == (201, [], None)


@pytest.mark.parametrize(
    "text", ["a" * 5000, "Ünïcödé 🐍", "line\nbreak\ttab", '"quoted" \\ %b %s </script>', "\u2028\u202e"]
)
def test_text_comes_back_as_it_was_sent(toys, text):
    created = toys.post("/articles", article({"title": text})).data
    assert created["attributes"]["title"] == text
    assert toys.get("/articles/1").data == created


@pytest.mark.parametrize(
    ("group", "name", "value", "hint"),
    [
        ("attributes", "Title", "x", "did you mean 'title'?"),
        ("attributes", "wordCount", 5, "did you mean 'word-count'?"),
        ("attributes", "author", {"data": {"type": "people", "id": "1"}}, "it is a relationship"),
        ("attributes", "id", "7", "beside attributes"),
        ("attributes", "other", [{"deep": [1]}], "'title', 'body'"),
        ("relationships", "autor", {"data": {"type": "people", "id": "1"}}, "did you mean 'author'?"),
        ("relationships", "body", {"data": None}, "it is an attribute"),
        ("relationships", "other", 5, "'author', 'comments' and 'tags'"),
    ],
)
def test_an_unknown_member_is_ignored_with_a_warning_and_422_in_strict_mode(toys, group, name, value, hint):
    """Contract, course § Unknown members."""
    body = article(**({"relationships": {name: value}} if group == "relationships" else {}))
    if group == "attributes":
        body["data"]["attributes"][name] = value
    strict = toys.post("/articles", body, prefer="handling=strict")
    assert refusal(strict) == (422, [f"unknown-member pointer=/data/{group}/{name}"])
    answer = toys.post("/articles", body)
    assert (answer.status, warnings(answer)) == (201, [f"unknown-member pointer=/data/{group}/{name}"])
    assert hint in answer.warnings[0]["detail"]
    defaults = {"title": "New", "body": "", "written": "", "word-count": None, "state": ""}
    assert answer.data["attributes"] == defaults
    linkage = {name: relationship["data"] for name, relationship in answer.data["relationships"].items()}
    assert linkage == {"author": None, "comments": [], "tags": []}


def test_a_read_only_relationship_is_ignored_with_a_warning(desk):
    """Contract, course § rooms: writing it has no effect, the request succeeds."""
    data = {
        "type": "people",
        "attributes": {"name": "Dee"},
        "relationships": {"comments": {"data": [{"type": "comments", "id": "1"}]}},
    }
    answer = desk.post("/people", {"data": data})
    assert (answer.status, warnings(answer)) == (201, ["read-only-ignored pointer=/data/relationships/comments"])
    assert answer.data["relationships"]["comments"]["data"] == []


@pytest.mark.parametrize(
    ("relationships", "code"),
    [
        ({"author": {"data": [{"type": "people", "id": "1"}]}}, "invalid-linkage pointer=/data/relationships/author"),
        ({"tags": {"data": {"type": "tags", "id": "1"}}}, "invalid-linkage pointer=/data/relationships/tags"),
        ({"tags": {"data": None}}, "invalid-linkage pointer=/data/relationships/tags"),
        ({"author": {"type": "people", "id": "1"}}, "invalid-linkage pointer=/data/relationships/author"),
        ({"author": None}, "invalid-linkage pointer=/data/relationships/author"),
        ({"author": "1"}, "invalid-linkage pointer=/data/relationships/author"),
    ],
)
def test_a_relationship_must_be_an_object_with_linkage_of_its_kind(shelf, relationships, code):
    """Creating: the value MUST be a relationship object with a data member."""
    assert refusal(shelf.post("/articles", article(relationships=relationships))) == (400, [code])


@pytest.mark.parametrize("data", [[], [{"type": "articles"}], None, "articles"])
def test_primary_data_must_be_a_single_resource_object(shelf, data):
    """Creating: MUST include a single resource object."""
    assert refusal(shelf.post("/articles", {"data": data})) == (400, ["invalid-document pointer=/data"])


@pytest.mark.parametrize("type_", [None, 5, [], {}])
def test_type_must_be_a_string(shelf, type_):
    """Creating: MUST contain at least a type member, which MUST be a string."""
    answer = shelf.post("/articles", {"data": {"type": type_, "attributes": {"title": "New"}}})
    assert refusal(answer) == (400, ["invalid-document pointer=/data/type"])


def test_type_must_be_there(shelf):
    answer = shelf.post("/articles", {"data": {"attributes": {"title": "New"}}})
    assert refusal(answer) == (400, ["invalid-document pointer=/data"])
    assert answer.errors[0]["meta"] == {"member": "type"}


def test_a_post_to_a_type_that_there_is_not_is_404(shelf):
    assert refusal(send(shelf, "POST", "/article", article())) == (404, ["unknown-type"])
