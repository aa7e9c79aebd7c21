"""contract: course, "Deletes"."""

import pytest

from .course import MODULE, resource

TYPES = ["users", "modules", "rooms", "sessions", "news", "contents"]


def everything(course):
    """{type: ids} of the whole namespace."""
    return {type_: course.ids(type_) for type_ in TYPES}


@pytest.fixture
def full(course):
    """Two modules of one teacher with one student, each with a session, a news and a content that has two levels below."""
    teacher, student, room = course.teacher(), course.student(), course.room()
    for _ in range(2):
        module = course.module(teacher, students=[("users", student)])
        course.session(module, room)
        course.news(module)
        top = course.content(module)
        course.content(module, course.content(module, top))
    return course


FULL = {
    "users": ["1", "2"],
    "modules": ["1", "2"],
    "rooms": ["1"],
    "sessions": ["1", "2"],
    "news": ["1", "2"],
    "contents": ["1", "2", "3", "4", "5", "6"],
}


@pytest.mark.parametrize(
    ("deleted", "left"),
    [
        ("rooms/1", {"rooms": [], "sessions": []}),
        ("modules/1", {"modules": ["2"], "sessions": ["2"], "news": ["2"], "contents": ["4", "5", "6"]}),
        ("contents/1", {"contents": ["4", "5", "6"]}),
        ("contents/2", {"contents": ["1", "4", "5", "6"]}),
        ("contents/6", {"contents": ["1", "2", "3", "4", "5"]}),
        ("sessions/1", {"sessions": ["2"]}),
        ("news/2", {"news": ["1"]}),
        ("users/1", {"users": ["2"]}),
        ("users/2", {"users": ["1"]}),
    ],
)
def test_a_delete_takes_along_what_the_table_says_and_nothing_else(full, deleted, left):
    assert everything(full) == FULL
    answer = full.client.delete(f"/{deleted}")
    assert (answer.status, answer.body) == (204, b"")
    assert everything(full) == {**FULL, **left}
    assert full.client.get(f"/{deleted}").status == 404
    assert full.client.delete(f"/{deleted}").status == 404


def test_deleting_a_module_lets_its_students_and_its_teacher_go(full):
    full.client.delete("/modules/1")
    assert full.ids("users/1/relationships/teaches") == ["2"]
    assert full.ids("users/2/relationships/takes") == ["2"]


def test_deleting_a_teacher_leaves_the_modules_without_one(full):
    full.client.delete("/users/1")
    linkage = {
        "teacher": None,
        "students": [("users", "2")],
        "news": [("news", "1")],
        "sessions": [("sessions", "1")],
        "contents": [("contents", "1"), ("contents", "2"), ("contents", "3")],
    }
    assert full.record("modules/1") == resource("modules", "1", MODULE, linkage)
    assert full.client.get("/modules/1/teacher").json["data"] is None
    assert full.linked("modules/1/relationships/teacher") is None
    assert full.ids("modules?teacher=") == ["1", "2"]


def test_a_module_without_a_teacher_can_be_changed_and_given_one(full):
    full.client.delete("/users/1")
    assert full.patch("modules/1", {"name": "Servers"}).data["attributes"]["name"] == "Servers"
    teacher = full.teacher()
    assert full.patch("modules/1", {}, {"teacher": ("users", teacher)}).status == 200
    assert full.ids(f"users/{teacher}/relationships/teaches") == ["1"]


def test_deleting_a_student_ends_its_membership(full):
    full.client.delete("/users/2")
    assert full.ids("modules/1/relationships/students") == []
    assert full.linked("modules/1/relationships/teacher") == "1"


def test_deleting_a_session_or_a_child_takes_it_out_of_every_list(full):
    full.client.delete("/sessions/1")
    full.client.delete("/contents/2")
    assert full.ids("rooms/1/relationships/sessions") == ["2"]
    assert full.ids("modules/1/relationships/sessions") == []
    assert full.ids("contents/1/relationships/children") == []
    assert full.ids("modules/1/relationships/contents") == ["1"]


def test_a_tree_of_a_hundred_levels_goes_with_its_root(course):
    module, parent = course.module(), None
    for _ in range(100):
        parent = course.content(module, parent)
    assert course.client.delete("/contents/1").status == 204
    assert course.ids("contents") == []
