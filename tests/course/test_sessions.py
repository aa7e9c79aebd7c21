"""contract: course, "sessions"; its order stands in test_dates.py with that of news."""

import pytest

from .course import BASE, SESSION, refusal, refused, resource, shown

UNSET = {"keywords": ""}


def test_a_session_is_shown_with_its_module_and_room(course):
    linkage = {"module": ("modules", course.module()), "room": ("rooms", course.room())}
    attributes = {**SESSION, "keywords": "HTML, CSS"}
    created = course.post("sessions", attributes, linkage)
    session = resource("sessions", "1", attributes, linkage)
    assert (created.status, created.headers["Location"]) == (201, f"{BASE}/sessions/1")
    assert created.json == shown("sessions", session)
    assert course.client.get("/sessions/1").json == shown("sessions/1", session)
    assert course.client.get("/sessions").json == shown("sessions", [session], page={"total": 1})


def test_keywords_read_empty_when_never_set(course):
    course.session()
    assert course.record("sessions/1")["attributes"] == {**SESSION, **UNSET}


def test_a_patch_changes_only_what_it_names(course):
    course.session()
    other = course.room()
    changed = course.patch("sessions/1", {"keywords": "Git"}, {"room": ("rooms", other)})
    session = resource(
        "sessions", "1", {**SESSION, "keywords": "Git"}, {"module": ("modules", "1"), "room": ("rooms", other)}
    )
    assert (changed.status, changed.json) == (200, shown("sessions/1", session))


def test_everything_that_is_missing_is_said_at_once(course):
    answer = course.post("sessions", {"keywords": "Git"})
    missing = [(422, "missing-member", "/data/attributes")] * 2 + [(422, "missing-member", "/data")] * 2
    assert refused(answer) == (422, missing)
    assert [error["meta"]["member"] for error in answer.errors] == ["title", "date", "module", "room"]


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("title", "Git", "too-short"),
        ("title", None, "null-not-allowed"),
        ("title", 1234, "wrong-kind"),
        ("date", None, "null-not-allowed"),
        ("date", "", "invalid-date"),
        ("date", 1556704800, "wrong-kind"),
        ("keywords", 1, "wrong-kind"),
        ("keywords", ["HTML", "CSS"], "wrong-kind"),
    ],
)
def test_an_invalid_value_is_refused_by_post_and_patch(course, name, value, code):
    course.session()
    before = course.record("sessions/1")
    linkage = {"module": ("modules", "1"), "room": ("rooms", "1")}
    expected = refusal(422, code, f"/data/attributes/{name}")
    assert refused(course.post("sessions", {**SESSION, name: value}, linkage)) == expected
    assert refused(course.patch("sessions/1", {name: value})) == expected
    assert course.client.get("/sessions").data == [before]


@pytest.mark.parametrize(("name", "type_"), [("module", "modules"), ("room", "rooms")])
def test_module_and_room_are_required(course, name, type_):
    course.session()
    before = course.record("sessions/1")
    linkage = {"module": ("modules", "1"), "room": ("rooms", "1")}
    where = f"/data/relationships/{name}"
    for value, expected in (
        (None, refusal(422, "null-not-allowed", where)),
        ((type_, "99"), refusal(404, "unknown-resource", where)),
    ):
        assert refused(course.post("sessions", SESSION, {**linkage, name: value})) == expected
        assert refused(course.patch("sessions/1", {}, {name: value})) == expected
    del linkage[name]
    answer = course.post("sessions", SESSION, linkage)
    assert refused(answer) == refusal(422, "missing-member", "/data/relationships")
    at_url = course.link("PATCH", f"sessions/1/relationships/{name}", None)
    assert refused(at_url) == refusal(403, "required-relationship", "/data")
    assert course.client.get("/sessions").data == [before]
