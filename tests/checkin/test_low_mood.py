"""contract: checkin, "Notifications made by the service"."""

import pytest

from .checkin import ATOMIC, CLASSMATE, COLLEAGUE, DOCENT, STUDENT, new_body, refused


@pytest.fixture
def class_(world, shelf):
    """The student is connected to both docents, the classmate to one."""
    with shelf.namespaces.write("s1") as session:
        for docent, student in ((DOCENT, STUDENT), (COLLEAGUE, STUDENT), (DOCENT, CLASSMATE)):
            session.connection.execute("INSERT INTO docent_students VALUES (?, ?)", [str(docent), str(student)])
    for user in (DOCENT, COLLEAGUE):
        world.v3("DELETE", f"notifications/{user}")
    return world


def notifications(world):
    """[(whose, type, data)] of the docents."""
    found = world.entity("notifications", {"type": "low-mood"})
    assert len(found) + 3 == len(world.ids("notifications"))  # and those of the filled namespace that are left
    return [(row["user_id"], row["data"]) for row in found]


def by_jsonapi(world, user, mood):
    attributes = {"mood-score": mood, "hours-worked": 8, "date": "2020-01-07"}
    return world.client.create("daily-checkins", attributes, user=("users", str(user)))


def by_v3(world, user, mood):
    return world.create("daily-checkins", new_body("daily-checkins", user) | {"mood_score": mood}, by=user)


def by_v3_nested(world, user, mood):
    body = {"mood_score": mood, "hours_worked": 8, "date": "2020-01-07"}
    return world.create(f"users/{user}/daily-checkins", body, by=user)


@pytest.mark.parametrize("check_in", [by_jsonapi, by_v3, by_v3_nested])
def test_a_low_mood_tells_each_connected_docent_who_and_when(class_, check_in):
    check_in(class_, STUDENT, 1)
    found = notifications(class_)
    assert [user for user, _ in found] == [DOCENT, COLLEAGUE]
    assert all("Sam Student" in data and "2020-01-07" in data for _, data in found)
    assert class_.ids("notifications", by=DOCENT)[-1:] == class_.ids(f"users/{DOCENT}/notifications", by=DOCENT)


@pytest.mark.parametrize(("mood", "told"), [(1, [DOCENT]), (2, [DOCENT]), (3, []), (4, []), (5, [])])
def test_a_mood_is_low_up_to_two(class_, mood, told):
    by_v3(class_, CLASSMATE, mood)
    assert [user for user, _ in notifications(class_)] == told


def test_the_mood_of_somebody_without_a_docent_tells_nobody(class_):
    by_v3(class_, DOCENT, 1)
    assert notifications(class_) == []


def test_a_change_and_a_refused_checkin_tell_nobody(class_):
    by_v3(class_, STUDENT, 4)
    checkin = class_.ids("daily-checkins", {"date": "2020-01-07"})[0]
    again = class_.v3("POST", "daily-checkins", new_body("daily-checkins") | {"mood_score": 1}, by=STUDENT)
    assert refused(again)[0] == 403  # the admin's
    again = class_.v3("POST", "daily-checkins", new_body("daily-checkins", STUDENT) | {"mood_score": 1}, by=STUDENT)
    assert refused(again) == (400, ["date"])
    assert class_.v3("PUT", f"daily-checkins/{checkin}", {"comment": "same mood"}, by=STUDENT).status == 200
    assert notifications(class_) == []


def test_a_low_mood_of_a_user_whom_the_same_request_makes_later_is_kept(class_):
    person = {"email": "a@b.example", "password": "geheim", "first-name": "A", "last-name": "B", "role": "student"}
    checkin = {
        "type": "daily-checkins",
        "attributes": {"mood-score": 1, "hours-worked": 8, "date": "2020-01-07"},
        "relationships": {"user": {"data": {"type": "users", "lid": "new"}}},
    }
    operations = [
        {"op": "add", "data": checkin},
        {"op": "add", "data": {"type": "users", "lid": "new", "attributes": person}},
    ]
    headers = {"Content-Type": ATOMIC, "Accept": ATOMIC}
    answer = class_.client.request("POST", "/operations", {"atomic:operations": operations}, headers)
    assert answer.status == 200, answer
    assert class_.entity("daily-checkins", {"date": "2020-01-07"})[0]["user_id"] == 6
    assert notifications(class_) == []


def test_who_became_a_student_is_told_no_more(class_):
    patched = class_.client.patch(
        f"/users/{COLLEAGUE}", {"data": {"type": "users", "id": str(COLLEAGUE), "attributes": {"role": "student"}}}
    )
    assert patched.status == 200
    by_v3(class_, STUDENT, 1)
    assert [user for user, _ in notifications(class_)] == [DOCENT]
