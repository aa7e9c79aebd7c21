"""A small class through a term: one docent, twelve students, thirty days, half through V1 and half through V3."""

from collections import Counter
from datetime import UTC, datetime, timedelta

from jsonapi_course.engine import clock

from ..checkin.checkin import PASSWORD
from .v1 import v1

DOCENT, STUDENTS, DAYS = 2, range(3, 15), 30
FIRST = datetime(2022, 2, 21, 16, tzinfo=UTC)  # a Monday


def made(world, fields):
    status, user = v1(world, "POST", "addUser", {**fields, "password": PASSWORD})
    assert status == 201
    world.log_in(user["id"], fields["email"])


def begin(world):
    """The class: the docent is connected to all, and half of the students are in a group."""
    world.first_admin()
    docent = {"name": "Dirk Docent", "email": "dirk@hanze.example", "password": PASSWORD, "role": "docent"}
    assert world.create("users", docent)["id"] == DOCENT
    world.log_in(DOCENT, docent["email"])
    world.create("groups", {"name": "Coachingsgroep"})
    for student in STUDENTS:
        made(world, {"name": f"Student {student}", "email": f"s{student}@hanze.example", "role": 0})
        assert v1(world, "POST", f"connectToStudent/{DOCENT}/{student}", by=DOCENT)[0] == 200
        if student % 2:
            assert world.v3("PUT", f"groups/1/users/{student}", by=DOCENT).status == 200


def checks_in(student, day):
    """(mood, hours) of a student on a day, None where they check in not at all."""
    if day % 7 > 4 or (student + day) % 9 == 0:
        return None
    return 1 + (student * day + day) % 5, (student + 3 * day) % 17 / 2


def live(world, set_clock):
    """The term; gives [(student, date, mood, hours)] of its daily check-ins and [(student, date)] of the weekly ones."""
    daily, weekly = [], []
    for day in range(DAYS):
        set_clock(FIRST + timedelta(days=day))
        date = (FIRST + timedelta(days=day)).date().isoformat()
        for student in STUDENTS:
            through_v1 = (student + day // 7) % 2 == 0
            if checkin := checks_in(student, day):
                mood, hours = checkin
                write_daily(world, student, mood, hours, through_v1)
                daily.append((student, date, mood, hours))
            if day % 7 == 4 and student % 4:
                write_weekly(world, student, through_v1)
                weekly.append((student, date))
    return daily, weekly


def write_daily(world, student, mood, hours, through_v1):
    if through_v1:
        answers = {"mood_score": str(mood), "hours_worked": hours, "comment": "via V1"}
        fields = {"user_id": student, "form_id": 1, "array_answers": answers}
        assert v1(world, "POST", "saveFormAnswers", fields, student)[0] == 201
    else:
        fields = {"mood_score": mood, "hours_worked": hours, "comment": "via V3"}
        world.create(f"users/{student}/daily-checkins", fields, by=student)


def write_weekly(world, student, through_v1):
    if through_v1:
        fields = {"user_id": student, "form_id": 2, "array_answers": ["goed", "beter", "best"]}
        assert v1(world, "POST", "saveFormAnswers", fields, student)[0] == 201
    else:
        world.create("weekly-checkins", {"went_well": "goed"}, by=student)


def correct(world, daily):
    """The term's last act: what was made through one face is changed and deleted through another."""
    student, date, _, _ = daily[-1]
    [last] = world.entity(f"users/{student}/daily-checkins", {"date": date}, by=student)
    attributes = {"data": {"type": "daily-checkins", "id": str(last["id"]), "attributes": {"hours-worked": 24}}}
    assert world.client.patch(f"/daily-checkins/{last['id']}", attributes).status == 200
    daily[-1] = (student, date, last["mood_score"], 24)
    sheets = v1(world, "GET", f"getUserAnswersheets/{student}")[1]
    [first] = [row for row in daily if row[0] == student][:1]
    [made] = world.entity(f"users/{student}/daily-checkins", {"date": first[1]}, by=student)
    assert world.v3("DELETE", f"daily-checkins/{made['id']}", by=student).status == 204
    daily.remove(first)
    through_v1 = made["comment"] == "via V1"
    assert len(v1(world, "GET", f"getUserAnswersheets/{student}")[1]) == len(sheets) - through_v1


def total(numbers):
    return sum(numbers, 0)


def of_v1(world, student):
    (_, daily), (_, weekly), (_, hours), (_, days) = (
        v1(world, "GET", f"{call}/{student}", by=DOCENT)
        for call in ("getTotalDaily", "getTotalWeekly", "getTotalHoursByUser", "getHoursPerDay")
    )
    return daily["total"], weekly["total"], hours["total"], {row["date"]: row["hours"] for row in days}


def of_v3(world, student):
    daily = world.entity(f"users/{student}/daily-checkins", by=DOCENT)
    weekly = world.entity("weekly-checkins", {"user_id": student}, by=DOCENT)
    days = {row["date"]: row["hours_worked"] for row in daily}
    return len(daily), len(weekly), total(days.values()), days


def of_jsonapi(world, student):
    daily = world.client.get(f"/users/{student}/daily-checkins").data
    weekly = world.client.get(f"/weekly-checkins?filter[user]={student}").json
    days = {row["attributes"]["date"]: row["attributes"]["hours-worked"] for row in daily}
    return len(daily), len(weekly["data"]), total(days.values()), days


def test_a_term_ends_with_the_same_totals_by_every_face(empty, set_clock):
    begin(empty)
    daily, weekly = live(empty, set_clock)
    correct(empty, daily)
    assert len(daily) > 200 and {row[2] for row in daily} == {1, 2, 3, 4, 5}
    for student in STUDENTS:
        days = {date: hours for owner, date, _, hours in daily if owner == student}
        own_weekly = [owner for owner, _ in weekly].count(student)
        expected = (len(days), own_weekly, total(days.values()), days)
        assert (of_v1(empty, student), of_v3(empty, student), of_jsonapi(empty, student)) == (expected,) * 3
    everybody = total(hours for *_, hours in daily)
    span = f"{FIRST.date()}/{(FIRST + timedelta(days=DAYS)).date()}"
    assert v1(empty, "GET", f"getTotalHoursBetweenTotal/{span}", by=DOCENT) == (200, {"total": everybody})
    low = [row for row in daily if row[2] <= 2]
    check_notifications(empty, len(low))
    check_week(empty, daily)


def check_notifications(world, least):
    """Each low mood told the docent, whichever face it came through (one of them may have been deleted since)."""
    (_, amount), (_, rows) = (
        v1(world, "GET", call, by=DOCENT) for call in ("getAmountOfNotifications", "getAllNotifications")
    )
    assert {row["type"] for row in rows} == {"low-mood"}
    assert amount["total"] == len(rows) == len(world.ids(f"users/{DOCENT}/notifications", by=DOCENT))
    assert len(rows) == len(world.client.get(f"/users/{DOCENT}/notifications").data)
    assert least <= len(rows) <= least + 1


def check_week(world, daily):
    """What is computed of the current week and of today is what the rows say."""
    today = clock.today("UTC").isoformat()
    monday = clock.week(clock.today("UTC"))[0].isoformat()
    hours = Counter()
    for student, date, _, worked in daily:
        hours[student] += worked if date >= monday else 0
    users = world.entity("users", {"with": ["hoursWorkedThisWeek", "canDoDaily", "canDoWeekly"]}, by=DOCENT)
    for user in users:
        if user["id"] in STUDENTS:
            done = [
                v1(world, "GET", f"checkFilledIn/{user['id']}/{form}", by=DOCENT)[1]["filled_in"] for form in (1, 2)
            ]
            assert [not user["canDoDaily"], not user["canDoWeekly"]] == done
            assert done[0] is any(row[:2] == (user["id"], today) for row in daily)
            assert user["hoursWorkedThisWeek"] == hours[user["id"]]
    [group] = world.entity("groups", {"with": ["hours_worked_today", "user_mood_avg"]}, by=DOCENT)
    own = [row for row in daily if row[0] % 2]
    assert group["hours_worked_today"] == total(row[3] for row in own if row[1] == today)
    moods = [row[2] for row in own if row[1] >= monday]
    assert abs(group["user_mood_avg"] - sum(moods) / len(moods)) <= 0.005
