"""contract: course, "news"; its order stands in test_dates.py with that of sessions."""

import pytest

from .course import BASE, NEWS, refusal, refused, resource, shown


def test_news_are_shown_with_their_module(course):
    linkage = {"module": ("modules", course.module())}
    attributes = {**NEWS, "text": "Bring\nyour own <b>laptop</b> 💻"}
    created = course.post("news", attributes, linkage)
    news = resource("news", "1", attributes, linkage)
    assert (created.status, created.headers["Location"]) == (201, f"{BASE}/news/1")
    assert created.json == shown("news", news)
    assert course.client.get("/news/1").json == shown("news/1", news)
    assert course.client.get("/news").json == shown("news", [news], page={"total": 1})


def test_text_reads_empty_when_never_set(course):
    course.news()
    assert course.record("news/1")["attributes"] == {**NEWS, "text": ""}


def test_a_patch_changes_only_what_it_names(course):
    course.news(text="Old")
    other = course.module()
    changed = course.patch("news/1", {"title": "News"}, {"module": ("modules", other)})
    news = resource("news", "1", {**NEWS, "title": "News", "text": "Old"}, {"module": ("modules", other)})
    assert (changed.status, changed.json) == (200, shown("news/1", news))


def test_everything_that_is_missing_is_said_at_once(course):
    answer = course.client.post("/news", {"data": {"type": "news"}})
    assert refused(answer) == (422, [(422, "missing-member", "/data")] * 3)
    assert [error["meta"]["member"] for error in answer.errors] == ["title", "date", "module"]


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("title", "New", "too-short"),
        ("title", None, "null-not-allowed"),
        ("date", None, "null-not-allowed"),
        ("date", "tomorrow", "invalid-date"),
        ("text", 1, "wrong-kind"),
        ("text", {}, "wrong-kind"),
    ],
)
def test_an_invalid_value_is_refused_by_post_and_patch(course, name, value, code):
    course.news()
    before = course.record("news/1")
    expected = refusal(422, code, f"/data/attributes/{name}")
    assert refused(course.post("news", {**NEWS, name: value}, {"module": ("modules", "1")})) == expected
    assert refused(course.patch("news/1", {name: value})) == expected
    assert course.client.get("/news").data == [before]


def test_the_module_is_required(course):
    course.news()
    before = course.record("news/1")
    where = "/data/relationships/module"
    for value, expected in (
        (None, refusal(422, "null-not-allowed", where)),
        (("modules", "99"), refusal(404, "unknown-resource", where)),
    ):
        assert refused(course.post("news", NEWS, {"module": value})) == expected
        assert refused(course.patch("news/1", {}, {"module": value})) == expected
    at_url = course.link("PATCH", "news/1/relationships/module", None)
    assert refused(at_url) == refusal(403, "required-relationship", "/data")
    assert course.client.get("/news").data == [before]
