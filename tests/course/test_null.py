"""contract: course, the paragraph before "users": required, never null, null that counts as not sent."""

import pytest

from .course import CONTENT, NEWS, ROOM, SESSION, refusal, refused, warned

# (type, valid attributes, optional attribute, a value, what it reads when never set)
OPTIONAL = [
    ("rooms", ROOM, "capacity", "30", ""),
    ("rooms", ROOM, "features", "Beamer", ""),
    ("sessions", SESSION, "keywords", "Git", ""),
    ("news", NEWS, "text", "Text", ""),
    ("contents", CONTENT, "content", "Text", ""),
    ("contents", CONTENT, "order", 7, 0),
]


def linkage_of(course, type_):
    names = {"sessions": ("module", "room"), "news": ("module",), "contents": ("module",)}.get(type_, ())
    makers = {"module": course.module, "room": course.room}
    return {name: (f"{name}s", makers[name]()) for name in names}


@pytest.mark.parametrize(("type_", "attributes", "name", "value", "unset"), OPTIONAL)
def test_null_for_an_optional_attribute_counts_as_not_sent(course, type_, attributes, name, value, unset):
    linkage = linkage_of(course, type_)
    expected = [("null-not-allowed", f"/data/attributes/{name}")]
    created = course.post(type_, {**attributes, name: None}, linkage)
    assert warned(created) == (201, expected)
    assert created.data["attributes"][name] == unset
    assert warned(course.patch(f"{type_}/1", {name: value})) == (200, [])
    changed = course.patch(f"{type_}/1", {name: None})
    assert warned(changed) == (200, expected)
    assert changed.data["attributes"][name] == value
    assert course.record(f"{type_}/1") == changed.data


@pytest.mark.parametrize(("type_", "attributes", "name", "value", "unset"), OPTIONAL)
def test_null_for_an_optional_attribute_is_refused_in_strict_mode(strict, type_, attributes, name, value, unset):
    linkage = linkage_of(strict, type_)
    expected = refusal(422, "null-not-allowed", f"/data/attributes/{name}")
    assert refused(strict.post(type_, {**attributes, name: None}, linkage)) == expected
    assert strict.post(type_, {**attributes, name: value}, linkage).data["attributes"][name] == value
    assert refused(strict.patch(f"{type_}/1", {name: None})) == expected
    assert strict.record(f"{type_}/1")["attributes"][name] == value


@pytest.mark.parametrize(("type_", "attributes", "name", "value", "unset"), OPTIONAL[:5])
def test_the_empty_string_is_a_value(course, type_, attributes, name, value, unset):
    linkage = linkage_of(course, type_)
    assert warned(course.post(type_, {**attributes, name: value}, linkage)) == (201, [])
    changed = course.patch(f"{type_}/1", {name: ""})
    assert (changed.status, changed.warnings, changed.data["attributes"][name]) == (200, [], "")


def test_a_next_order_is_given_for_null_as_for_none(course):
    module = course.module()
    course.content(module, order=4)
    answer = course.post("contents", {**CONTENT, "order": None}, {"module": ("modules", module)})
    assert answer.data["attributes"]["order"] == 5


def test_an_empty_patch_changes_nothing(course):
    room = course.room()
    before = course.record(f"rooms/{room}")
    for body in ({}, {"attributes": {}}, {"relationships": {}}, {"relationships": {"sessions": {}}}):
        answer = course.client.patch(f"/rooms/{room}", {"data": {"type": "rooms", "id": room, **body}})
        assert (answer.status, answer.warnings, answer.data) == (200, [], before)
