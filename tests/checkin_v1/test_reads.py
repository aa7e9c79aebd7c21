"""Every V1 call that reads, in the filled namespace: the whole answer."""

from datetime import UTC, datetime

import pytest

from jsonapi_course.api.checkin.v1.table import CALLS
from jsonapi_course.engine import clock

from ..checkin.checkin import ADMIN, CLASSMATE, COLLEAGUE, DOCENT, NOBODY, STUDENT, USERS, Checkin
from ..client import Client, in_process
from .v1 import (
    ALL_USERS,
    SHEET_STAMPS,
    STAMPS,
    filled_in,
    owned,
    questions,
    row,
    shared,
    sheet_of,
    user,
    v1,
)

FORMS = {1: row("forms", 1, {"title": "daily"}), 2: row("forms", 2, {"title": "weekly"})}
WHOLE_FORMS = {id_: {"form": form, "questions": questions(id_)} for id_, form in FORMS.items()}

READS = [
    # accounts
    ("user", STUDENT, user(STUDENT)),
    ("getVersion", None, {"version": "v1"}),
    ("testAdmin", ADMIN, "works"),
    ("getUserAll", DOCENT, ALL_USERS),
    ("getTotalUsers", DOCENT, ALL_USERS),
    ("getUserAdmins", DOCENT, ALL_USERS[:3]),
    ("getUserStudents", DOCENT, ALL_USERS[3:]),
    ("getUser/4", STUDENT, user(STUDENT)),
    # docents and their students: nobody is connected
    ("getConnectedUsers/2", DOCENT, []),
    ("getAllStudentsNotMine/2", DOCENT, ALL_USERS[3:]),
    ("getAllProjectsOfMyStudents/2", DOCENT, []),
    ("getAllAnswersOfMyStudents/2", DOCENT, []),
    ("getFirstAnswersOfMyStudents/2", DOCENT, []),
    # answersheets and answers
    ("getUserFormsRecent/4", STUDENT, sheet_of(STUDENT)),
    ("getDailyWeekBetween/4/2020-01-06/2020-01-06", STUDENT, [sheet_of(STUDENT)]),
    ("getDailyWeekBetween/4/2020-01-07/2020-01-08", STUDENT, []),
    ("getDailyWeekBetween/4/2020-01-01/2020-01-05", STUDENT, []),
    ("getUserFormsMonth/4", STUDENT, []),
    ("getDailyCreatedAtBetweenUser/2020-01-06/2020-01-06/4", STUDENT, [SHEET_STAMPS["created_at"]]),
    (
        "getDailyCreatedAtBetweenUser?user_id=4&form_id=1&date1=2020-01-06+09:00:00&date2=2020-01-06+09:00:00",
        STUDENT,
        [SHEET_STAMPS["created_at"]],
    ),
    ("getUserAnswersheets/4", STUDENT, [STUDENT]),
    ("getUserForms/4", STUDENT, [owned("answers", STUDENT)]),
    ("getUserAnswers/4", STUDENT, [owned("answers", STUDENT)]),
    ("getAnswersById/4", STUDENT, owned("answers", STUDENT)),
    ("getAnswersByAnswersheet/4", STUDENT, [owned("answers", STUDENT)]),
    ("getForm/1", STUDENT, WHOLE_FORMS[1]),
    ("getDaily", STUDENT, WHOLE_FORMS[1]),
    ("getWeekly", STUDENT, WHOLE_FORMS[2]),
    # totals
    ("getTotalDaily/4", STUDENT, {"total": 1}),
    ("getTotalWeekly/4", STUDENT, {"total": 1}),
    ("getTotalHoursByUser/4", STUDENT, {"total": 6}),
    ("getTotalHoursBetweenByUser/4/2020-01-06/2020-01-06", STUDENT, {"total": 6}),
    ("getTotalHoursBetweenByUser/4/2020-01-07/2020-01-08", STUDENT, {"total": 0}),
    ("getTotalHoursBetweenTotal/2020-01-01/2020-01-31", DOCENT, {"total": 30}),
    ("getHoursPerDayWeek/4/2020-01-06/2020-01-12", STUDENT, [{"date": "2020-01-06", "hours": 6}]),
    ("getHoursPerDayWeek/4/2020-01-07/2020-01-12", STUDENT, []),
    ("getHoursPerDay/4", STUDENT, [{"date": "2020-01-06", "hours": 6}]),
    ("getHoursPerDay4", STUDENT, [{"date": "2020-01-06", "hours": 6}]),
    ("checkFilledIn/4/1", STUDENT, {"filled_in": False, "message": "There is no daily check-in for today yet."}),
    ("checkFilledIn/4/2", STUDENT, {"filled_in": False, "message": "There is no weekly check-in for this week yet."}),
    # competenties
    ("getAllCompetenties", STUDENT, [shared("competenties", 1), shared("competenties", 2)]),
    ("getCompetentieById/2", STUDENT, shared("competenties", 2)),
    (
        "getAllCompetentiesOfAllUsers",
        ADMIN,
        {
            str(id_): [{"id": 1, "competentie_id": 1, "user_id": id_, **STAMPS, "name": "backend developer"}]
            for id_ in USERS
        },
    ),
    ("getCompetentiesByUser/1/4", STUDENT, [owned("user-competenties", STUDENT)]),
    ("getCompetentiesByUser/2/4", STUDENT, []),
    ("getAllCompetentieByUser/2/4", STUDENT, [owned("user-competenties", STUDENT)]),
    # projects and jobroles
    ("getProjectsByUser/4", STUDENT, [shared("projects", 1)]),
    ("getProjectIdByUserId/4", STUDENT, [shared("projects", 1)]),
    ("getProjectByID/2", STUDENT, shared("projects", 2)),
    ("getAllProjects", STUDENT, [shared("projects", 1), shared("projects", 2)]),
    ("getAllJobroles", STUDENT, [shared("jobroles", 1), shared("jobroles", 2)]),
    ("getJobRolesByUser/4", STUDENT, [shared("jobroles", 1)]),
    # notifications: a docent's own and students', an admin's all
    ("getAllNotifications", DOCENT, [owned("notifications", id_) for id_ in (DOCENT, STUDENT, CLASSMATE)]),
    ("getAllNotifications", ADMIN, [owned("notifications", id_) for id_ in USERS]),
    ("getAmountOfNotifications", DOCENT, {"total": 3}),
    ("getAmountOfNotifications", ADMIN, {"total": 5}),
    ("getNotificationDetails/4", STUDENT, owned("notifications", STUDENT)),
    ("getNotificationType/4", STUDENT, {"type": "remark"}),
]


@pytest.mark.parametrize("path, by, expected", READS, ids=[f"{path} by {by}" for path, by, _ in READS])
def test_a_call_that_reads_gives(world, path, by, expected):
    assert v1(world, "GET", path, by=by) == (200, expected)


def test_every_call_that_reads_is_among_them():
    tried = [path.partition("?")[0] for path, _, _ in READS]
    untried = [
        row.path for row in CALLS if "GET" in row.methods and not any(row.pattern.fullmatch(path) for path in tried)
    ]
    assert untried == []


def test_version_2_has_its_version_and_nothing_else(world):
    answer = world.request("GET", "/v2/getVersion", by=None)
    assert (answer.status, answer.json) == (200, {"version": "v2"})
    assert world.request("GET", "/v2/getUserAll").status == 404


def test_a_body_of_a_get_is_read(world):
    fields = {"user_id": "4", "form_id": "1", "date1": "2020-01-06 08:59:00", "date2": "2020-01-06 09:01:00"}
    for method in ("GET", "POST"):
        expected = (200, [SHEET_STAMPS["created_at"]])
        assert v1(world, method, "getDailyCreatedAtBetweenUser", fields, STUDENT) == expected
    assert v1(world, "GET", "getDailyCreatedAtBetweenUser", {**fields, "form_id": 2}, STUDENT) == (200, [])
    assert v1(world, "GET", "getDailyCreatedAtBetweenUser", {**fields, "date2": "2020-01-06 08:59:59"}) == (200, [])


def test_there_is_no_latest_answersheet_where_there_is_none(world):
    assert v1(world, "DELETE", "deleteAnswer/4") == (204, None)
    status, error = v1(world, "GET", "getUserFormsRecent/4", by=STUDENT)
    assert (status, error) == (404, {"message": "User '4' has no answersheet.", "errors": {}})


def test_the_latest_answersheet_is_the_last_submitted(world):
    sheet = filled_in(world, {"boe": "hallo"}, STUDENT)
    assert v1(world, "GET", "getUserFormsRecent/4", by=STUDENT) == (200, sheet)
    assert v1(world, "GET", "getUserFormsMonth/4", by=STUDENT) == (200, [sheet])
    assert v1(world, "GET", "getUserAnswersheets/4", by=STUDENT) == (200, [STUDENT, sheet["id"]])


def test_days_are_those_of_the_time_zone(make_app, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: datetime(2022, 3, 17, 23, 30, tzinfo=UTC))
    amsterdam = Checkin(Client(in_process(make_app(TIMEZONE="Europe/Amsterdam"))))
    amsterdam.first_admin()
    sheet = filled_in(amsterdam, {"mood_score": 3, "hours_worked": 8}, ADMIN)
    assert v1(amsterdam, "GET", "getHoursPerDay/1") == (200, [{"date": "2022-03-18", "hours": 8}])
    assert v1(amsterdam, "GET", "getDailyWeekBetween/1/2022-03-18/2022-03-18") == (200, [sheet])
    assert v1(amsterdam, "GET", "getDailyWeekBetween/1/2022-03-17/2022-03-17") == (200, [])


def test_the_docents_students_are_those_connected(world):
    for student in (STUDENT, CLASSMATE):
        assert v1(world, "POST", f"connectToStudent/2/{student}", by=DOCENT) == (200, user(student))
    assert v1(world, "POST", "connectToStudent/2/4", by=DOCENT) == (200, user(STUDENT))  # twice is no error
    sheet = filled_in(world, {"boe": "eerste", "bah": "tweede"}, STUDENT)
    mine = [owned("answers", STUDENT), owned("answers", CLASSMATE), *sheet["answers"]]
    assert v1(world, "GET", "getConnectedUsers/2", by=DOCENT) == (200, [user(STUDENT), user(CLASSMATE)])
    assert v1(world, "GET", "getAllStudentsNotMine/2", by=DOCENT) == (200, [])
    assert v1(world, "GET", "getAllProjectsOfMyStudents/2", by=DOCENT) == (200, [shared("projects", 1)])
    assert v1(world, "GET", "getAllAnswersOfMyStudents/2", by=DOCENT) == (200, mine)
    assert v1(world, "GET", "getFirstAnswersOfMyStudents/2", by=DOCENT) == (200, mine[:3])
    assert v1(world, "GET", "getConnectedUsers/3", by=COLLEAGUE) == (200, [])


@pytest.mark.parametrize(
    "path",
    [
        f"getUser/{NOBODY}",
        f"getTotalDaily/{NOBODY}",
        f"checkFilledIn/4/{NOBODY}",
        "checkFilledIn/4/abc",
        f"getForm/{NOBODY}",
        f"getAnswersById/{NOBODY}",
        f"getCompetentieById/{NOBODY}",
        f"getProjectByID/{NOBODY}",
        f"getNotificationType/{NOBODY}",
    ],
)
def test_an_id_that_there_is_not_is_404(world, path):
    assert v1(world, "GET", path)[0] == 404


@pytest.mark.parametrize(
    "path, field",
    [
        ("getDailyWeekBetween/4/yesterday/2020-01-06", "from"),
        ("getDailyWeekBetween/4/2020-01-06/2020-02-30", "to"),
        ("getTotalHoursBetweenTotal/2020-1-6/2020-01-07", "from"),
        ("getDailyWeekBetween/4/0001-01-01/2020-01-06", "from"),
        ("getDailyWeekBetween/4/2020-01-06/9999-12-31", "to"),
        ("getDailyCreatedAtBetweenUser?user_id=4&form_id=1&date1=2020-01-06", "date2"),
        ("getDailyCreatedAtBetweenUser/2020-01-06T25:00/2020-01-07/4", "from"),
    ],
)
def test_what_is_no_date_is_400_with_its_name(world, path, field):
    status, error = v1(world, "GET", path)
    assert (status, list(error["errors"])) == (400, [field])
