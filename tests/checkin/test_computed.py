"""contract: checkin, the computed words of `with`, over weeks, years and time zones; the clock is set by the test."""

from datetime import date, datetime, timedelta

import pytest

from jsonapi_course.engine import clock

from .checkin import ADMIN, ATOMIC, DOCENT, refused
from .conftest import Shelf

USERS_WORDS = ["happiness", "hoursWorkedThisWeek", "canDoDaily", "canDoWeekly"]
GROUPS_WORDS = ["user_mood_avg", "hours_worked_today", "hours_worked_yesterday"]

# (TIMEZONE, the instant, the date there, the Monday of its ISO week)
MOMENTS = [
    ("UTC", "2026-01-01T00:00:00Z", "2026-01-01", "2025-12-29"),
    ("UTC", "2025-12-31T23:59:59Z", "2025-12-31", "2025-12-29"),
    ("Europe/Amsterdam", "2025-12-31T22:59:59Z", "2025-12-31", "2025-12-29"),
    ("Europe/Amsterdam", "2025-12-31T23:00:00Z", "2026-01-01", "2025-12-29"),
    ("Pacific/Auckland", "2025-12-31T10:59:59Z", "2025-12-31", "2025-12-29"),
    ("Pacific/Auckland", "2025-12-31T11:00:00Z", "2026-01-01", "2025-12-29"),
    ("UTC", "2021-01-03T12:00:00Z", "2021-01-03", "2020-12-28"),  # a Sunday of week 53
    ("UTC", "2021-01-04T00:00:00Z", "2021-01-04", "2021-01-04"),
    ("Europe/Amsterdam", "2026-01-04T23:30:00Z", "2026-01-05", "2026-01-05"),  # Monday there, Sunday in UTC
    ("Pacific/Auckland", "2026-01-04T10:30:00Z", "2026-01-04", "2025-12-29"),
    ("Pacific/Auckland", "2026-01-04T11:30:00Z", "2026-01-05", "2026-01-05"),
    ("Europe/Amsterdam", "2026-03-29T21:59:59Z", "2026-03-29", "2026-03-23"),  # the day on which the clocks change
    ("Europe/Amsterdam", "2026-03-29T22:00:00Z", "2026-03-30", "2026-03-30"),
    ("Pacific/Auckland", "2024-02-29T12:00:00Z", "2024-03-01", "2024-02-26"),
]


class Clock:
    """The instant that the service takes for now."""

    def __init__(self, instant):
        self.set(instant)

    def set(self, instant):
        self.instant = datetime.fromisoformat(instant)

    def now(self):
        return self.instant


def days(first, last):
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def check_in(world, *checkins):
    """Daily check-ins (user, day, mood, hours), all by one request."""
    operations = [
        {
            "op": "add",
            "data": {
                "type": "daily-checkins",
                "attributes": {"date": day.isoformat(), "mood-score": mood, "hours-worked": hours},
                "relationships": {"user": {"data": {"type": "users", "id": str(user)}}},
            },
        }
        for user, day, mood, hours in checkins
    ]
    headers = {"Content-Type": ATOMIC, "Accept": ATOMIC}
    answer = world.client.request("POST", "/operations", {"atomic:operations": operations}, headers)
    assert answer.status == 200, answer


def settle(world):
    """An admin, a docent and a student, the users 1 to 3."""
    world.first_admin()
    for user, role in ((DOCENT, "docent"), (3, "student")):
        fields = {"name": f"User {user}", "email": f"user{user}@hanze.example", "password": "geheim", "role": role}
        assert world.create("users", fields)["id"] == user


@pytest.fixture(scope="module", params=MOMENTS, ids=lambda moment: f"{moment[0]}-{moment[1]}")
def moment(request, tmp_path_factory):
    """(Shelf, instant, today, Monday): user 1 has checked in each day from 25 days before the moment to 10 days after it,
    user 2 on every third; the mood and hours of a day follow from its date.
    """
    timezone, instant, today, monday = request.param
    today, monday = date.fromisoformat(today), date.fromisoformat(monday)

    def live(world):
        settle(world)
        span = days(today - timedelta(days=25), today + timedelta(days=10))
        check_in(world, *((ADMIN, day, mood_of(day), hours_of(day)) for day in span))
        check_in(world, *((DOCENT, day, 5, 1.5) for day in span[::3]))

    later = datetime.fromisoformat(instant) + timedelta(days=12)
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(clock, "now", lambda: later)
        shelf = Shelf(tmp_path_factory.mktemp("lived"), live, TIMEZONE=timezone)
    return shelf, instant, today, monday


@pytest.fixture
def lived(moment, monkeypatch):
    """(world, today, Monday) at the moment."""
    shelf, instant, today, monday = moment
    monkeypatch.setattr(clock, "now", Clock(instant).now)
    return shelf.world(), today, monday


@pytest.fixture(scope="module")
def sunday(tmp_path_factory):
    return Shelf(tmp_path_factory.mktemp("sunday"), settle)


@pytest.fixture
def clock_(monkeypatch):
    """Sunday, 4 January 2026: the whole week has passed."""
    set_by_test = Clock("2026-01-04T12:00:00Z")
    monkeypatch.setattr(clock, "now", set_by_test.now)
    return set_by_test


@pytest.fixture
def world(sunday, clock_):
    return sunday.world()


def mood_of(day):
    return day.day % 5 + 1


def hours_of(day):
    return day.day % 16 / 2


def whole_week(monday):
    return days(monday, monday + timedelta(days=6))


# --- users ------------------------------------------------------------------------------------------
def test_happiness_is_every_mood_from_1_january_to_today_ascending(lived):
    world, today, _ = lived
    first = max(date(today.year, 1, 1), today - timedelta(days=25))
    expected = [{"date": day.isoformat(), "mood_score": mood_of(day)} for day in days(first, today)]
    assert world.entity("users/1", {"with": ["happiness"]})["happiness"] == expected
    assert world.entity("users/3", {"with": ["happiness"]})["happiness"] == []


def test_hours_worked_this_week_are_those_of_the_iso_week(lived):
    world, _, monday = lived
    expected = sum(hours_of(day) for day in whole_week(monday))
    found = [user["hoursWorkedThisWeek"] for user in world.entity("users", {"with": ["hoursWorkedThisWeek"]})]
    third = sum(1.5 for row in world.entity("users/2/daily-checkins") if row["date"] in map(str, whole_week(monday)))
    assert found == [expected, third, 0]
    assert [type(value) for value in found] == [int if value == int(value) else float for value in (expected, third, 0)]


def test_can_do_daily_is_whether_there_is_none_for_today(lived):
    world, today, _ = lived
    with_it = {"with": ["canDoDaily"]}
    assert [user["canDoDaily"] for user in world.entity("users", with_it)][::2] == [False, True]
    [row] = world.ids("users/1/daily-checkins", {"date": today.isoformat()})
    world.v3("DELETE", f"daily-checkins/{row}")
    assert world.entity("users/1", with_it)["canDoDaily"] is True
    made = world.create("users/1/daily-checkins", {"mood_score": 3, "hours_worked": 8})
    assert made["date"] == today.isoformat()
    assert world.entity("users/1", with_it)["canDoDaily"] is False
    assert refused(world.v3("POST", "users/1/daily-checkins", {"mood_score": 3, "hours_worked": 8})) == (400, ["date"])


def test_can_do_weekly_is_whether_there_is_none_for_the_iso_week(lived):
    world, today, monday = lived
    with_it = {"with": ["canDoWeekly"]}
    world.create("weekly-checkins", {"user_id": 1, "date": (monday - timedelta(days=1)).isoformat()})
    assert world.entity("users/1", with_it)["canDoWeekly"] is True
    made = world.create("weekly-checkins", {"user_id": 1})
    assert made["date"] == today.isoformat()
    assert [user["canDoWeekly"] for user in world.entity("users", with_it)] == [False, True, True]
    for day in days(monday, today):
        answer = world.v3("POST", "weekly-checkins", {"user_id": 1, "date": day.isoformat()})
        assert refused(answer) == (400, ["date"])


def test_the_future_begins_with_the_local_tomorrow(lived):
    world, today, _ = lived
    tomorrow = (today + timedelta(days=1)).isoformat()
    for type_ in ("daily-checkins", "weekly-checkins"):
        body = {"mood_score": 3, "date": tomorrow, "user_id": 3} | ({"hours_worked": 8} if type_[0] == "d" else {})
        assert refused(world.v3("POST", type_, body)) == (400, ["date"])
        assert world.create(type_, body | {"date": today.isoformat()})["date"] == today.isoformat()


# --- groups -----------------------------------------------------------------------------------------
def group_of(world, *users):
    group = world.create("groups", {"name": "Coachingsgroep"})["id"]
    for user in users:
        assert world.v3("PUT", f"groups/{group}/users/{user}").status == 200
    return group


def test_the_words_of_a_group_are_over_its_users(lived):
    world, today, monday = lived
    week, yesterday = set(map(str, whole_week(monday))), str(today - timedelta(days=1))
    of = {user: world.entity(f"users/{user}/daily-checkins") for user in (1, 2)}
    for members in ((1,), (2,), (1, 2), (1, 3), (3,), ()):
        rows = [row for user in members for row in of.get(user, [])]
        moods = [row["mood_score"] for row in rows if row["date"] in week]
        group = world.entity(f"groups/{group_of(world, *members)}", {"with": GROUPS_WORDS})
        assert {word: group[word] for word in GROUPS_WORDS} == {
            "user_mood_avg": pytest.approx(sum(moods) / len(moods), abs=0.0051) if moods else None,
            "hours_worked_today": sum(row["hours_worked"] for row in rows if row["date"] == str(today)),
            "hours_worked_yesterday": sum(row["hours_worked"] for row in rows if row["date"] == yesterday),
        }


@pytest.mark.parametrize(
    ("moods", "mean"),
    [
        ([3], 3),
        ([1, 2], 1.5),
        ([1, 1, 2], 1.33),
        ([1, 2, 2], 1.67),
        ([5, 5, 4], 4.67),
        ([1, 1, 1, 1, 1, 1, 1, 2], 1.13),
    ],
)
def test_a_mean_mood_has_two_decimals(world, moods, mean):
    week = days(date(2025, 12, 29), date(2026, 1, 4))
    check_in(world, *((1 + number // 7, week[number % 7], mood, 8) for number, mood in enumerate(moods)))
    world.client.create("groups", {"name": "All"}, users=[("users", "1"), ("users", "2")])
    found = world.entity("groups/1", {"with": ["user_mood_avg"]})["user_mood_avg"]
    assert (found, type(found)) == (mean, type(mean))


def test_a_user_in_two_groups_counts_in_each_and_once(world):
    check_in(world, (1, date(2026, 1, 4), 4, 8), (1, date(2026, 1, 3), 2, 7.5))
    both = [group_of(world, 1), group_of(world, 1, 3)]
    for group in both:
        assert world.v3("PUT", f"groups/{group}/users/1").status == 200  # linked twice
    shown = world.entity("groups", {"with": GROUPS_WORDS})
    assert [[group[word] for word in GROUPS_WORDS] for group in shown] == [[3, 8, 7.5]] * 2
    assert [type(group["hours_worked_today"]) for group in shown] == [int, int]


def test_computed_words_follow_every_change(world, clock_):
    check_in(world, (1, date(2026, 1, 4), 4, 8))
    user = world.entity("users/1", {"with": USERS_WORDS})
    assert [user[word] for word in USERS_WORDS] == [[{"date": "2026-01-04", "mood_score": 4}], 8, False, True]
    world.v3("PUT", "daily-checkins/1", {"mood_score": 1, "hours_worked": 0.5})
    user = world.entity("users/1", {"with": USERS_WORDS})
    assert [user[word] for word in USERS_WORDS] == [[{"date": "2026-01-04", "mood_score": 1}], 0.5, False, True]
    clock_.set("2026-01-05T00:00:00Z")
    user = world.entity("users/1", {"with": USERS_WORDS})
    assert [user[word] for word in USERS_WORDS] == [[{"date": "2026-01-04", "mood_score": 1}], 0, True, True]
    clock_.set("2027-01-01T00:00:00Z")
    assert world.entity("users/1", {"with": ["happiness"]})["happiness"] == []


def test_the_users_of_a_group_bring_their_own_words(world):
    check_in(world, (3, date(2026, 1, 4), 4, 8))
    group = group_of(world, 1, 3)
    found = world.entity(
        f"groups/{group}", {"with": ["users.hoursWorkedThisWeek", "users.canDoDaily", "user_mood_avg"]}
    )
    assert [(user["id"], user["hoursWorkedThisWeek"], user["canDoDaily"]) for user in found["users"]] == [
        (1, 0, True),
        (3, 8, False),
    ]
    assert found["user_mood_avg"] == 4
