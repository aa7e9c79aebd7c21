"""A walk over V1's table: each call with every role, without a token, with a bad one, with wrong methods, without fields.

The contract's column "who" stands here by hand.
"""

import pytest

from jsonapi_course.api.checkin.v1.table import CALLS

from ..checkin.checkin import ADMIN, CLASSMATE, COLLEAGUE, DOCENT, NOBODY, STUDENT
from .v1 import v1

OPEN = {"sanctum/token", "getVersion"}
# call → whom it is for
WHO = {
    "any": "sanctum/logout user getForm getDaily getWeekly getAllCompetenties getCompetentieById getProjectByID "
    "getAllProjects getAllJobroles",
    "self, docent, admin": "getUserFormsRecent getDailyWeekBetween getUserFormsMonth getDailyCreatedAtBetweenUser "
    "getTotalDaily getTotalWeekly getTotalHoursByUser getTotalHoursBetweenByUser getHoursPerDayWeek getHoursPerDay "
    "getUser getUserForms getUserAnswers getUserAnswersheets checkFilledIn getCompetentiesByUser "
    "getAllCompetentieByUser getProjectsByUser getProjectIdByUserId getJobRolesByUser addJobrole getAnswersById "
    "getAnswersByAnswersheet getNotificationDetails getNotificationType",
    "self, admin": "postFormApi saveFormAnswers updateAnswer editAnswer editAccount deleteAnswer editCompetentieNiveau "
    "editCompetentieDoel delNotification",
    "docent, admin": "getUserAll getTotalUsers getUserAdmins getUserStudents getTotalHoursBetweenTotal "
    "getAllNotifications getAmountOfNotifications removeLinkToStudent addUser newNotification",
    "that docent, admin": "getConnectedUsers getAllStudentsNotMine getAllProjectsOfMyStudents "
    "getAllAnswersOfMyStudents getFirstAnswersOfMyStudents connectToStudent",
    "admin": "testAdmin deleteUser editQuestion createQuestion createCompetentie editCompetentie delCompetentie "
    "addCompetentieToUser delCompetentieToUser getAllCompetentiesOfAllUsers newProject editProject newUserProject "
    "deleteProject deleteJobRole",
}
BY_CALL = {name: who for who, names in WHO.items() for name in names.split()}
ROWS = [row for row in CALLS if row.name not in OPEN]
METHODS = [(method, row) for row in ROWS for method in row.methods]
TEXTS = {"email": "nieuw@hanze.example", "type": "text"}
VALUES = {
    "role": 0,
    "whole": 2,
    "list": [],
    "answers by question": {"boe": "hallo"},
    "date": "2020-01-06",
    "moment": "2020-01-06",
    "forms": 1,
    "questions": 1,
    "projects": 1,
    "jobroles": 1,
    "competenties": 1,
}


def names_of(rows):
    return [f"{method} {row.path}" for method, row in rows]


def request_of(row, method, user):
    """(path, body) of a call that is about what belongs to `user`."""

    def value(name, kind):
        if name == "student_id":
            return STUDENT
        if (row.name, kind) == ("delCompetentie", "competenties"):
            return 2  # which nobody has
        if (row.name, kind) == ("addCompetentieToUser", "competenties"):
            return 2
        return TEXTS.get(name, "tekst") if kind == "text" else VALUES.get(kind, user)

    path = row.path.format(**{name: value(name, kind) for name, kind in row.arguments.items()})
    return path, {name: value(name, kind) for name, kind in row.required.items()} or None


def test_the_contracts_column_is_the_tables():
    assert {row.name for row in ROWS} == BY_CALL.keys()
    assert {row.name for row in CALLS if row.is_open} == OPEN


def may(row, role, own):
    """Whether a role may make a call about what is their own, or else another student's (a docent's: another's)."""
    who = BY_CALL[row.name]
    if row.name == "newNotification" and role == "docent":
        return not own  # for students only
    return who == "any" or role in who.split(", ") or own and ("self" in who or role == "docent" and "that" in who)


@pytest.mark.parametrize("method, row", METHODS, ids=names_of(METHODS))
@pytest.mark.parametrize("own", [True, False], ids=["own", "others"])
@pytest.mark.parametrize("by, role", [(STUDENT, "student"), (DOCENT, "docent"), (ADMIN, "admin")])
def test_a_call_is_for_whom_the_contract_says(world, method, row, by, role, own):
    if row.name == "removeLinkToStudent":
        v1(world, "POST", f"connectToStudent/{DOCENT}/{STUDENT}")
    other = COLLEAGUE if "docent_id" in row.arguments else CLASSMATE
    path, body = request_of(row, method, by if own else other)
    assert v1(world, method, path, body, by)[0] == (row.answers if may(row, role, own) else 403)


@pytest.mark.parametrize("method, row", METHODS, ids=names_of(METHODS))
def test_no_token_is_401_and_a_wrong_one_403_before_everything_else(world, method, row):
    path = f"/v1/{row.path}"  # the names of the arguments are ids that there are not
    answer = world.request(method, path, by=None)
    assert (answer.status, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert world.request(method, path, by=None, Authorization="Bearer 1|falsch").status == 403


OTHERS = [(method, row) for row in CALLS for method in ("GET", "POST", "PUT", "PATCH", "DELETE")]
OTHERS = [
    (method, row)
    for method, row in OTHERS
    if not any(other.pattern.fullmatch(row.path) and method in other.methods for other in CALLS)
]


@pytest.mark.parametrize("method, row", OTHERS, ids=names_of(OTHERS))
def test_another_method_is_405_with_those_that_there_are(world, method, row):
    answer = world.request(method, f"/v1/{row.path}", by=None if row.is_open else STUDENT)
    allowed = {method for other in CALLS if other.pattern.fullmatch(row.path) for method in other.methods}
    allowed |= {"HEAD"} if "GET" in allowed else set()
    assert (answer.status, set(answer.headers["Allow"].split(", "))) == (405, allowed | {"OPTIONS"})
    assert world.request("OPTIONS", f"/v1/{row.path}", by=None).headers["Allow"] == answer.headers["Allow"]


WITH_FIELDS = [(row.methods[0], row) for row in CALLS if row.required]


@pytest.mark.parametrize("method, row", WITH_FIELDS, ids=names_of(WITH_FIELDS))
def test_missing_fields_are_400_and_all_named(world, method, row):
    path, _ = request_of(row, method, STUDENT)
    status, error = v1(world, method, path, {})
    assert (status, list(error["errors"])) == (400, list(row.required))


@pytest.mark.parametrize("method, row", WITH_FIELDS, ids=names_of(WITH_FIELDS))
def test_a_body_that_is_no_json_is_400_after_the_right(world, method, row):
    path, _ = request_of(row, method, STUDENT)

    def send(by):
        headers = {"Authorization": f"Bearer {world.tokens[by]}", "Content-Type": "application/json"}
        return world.client.request(method, f"/v1/{path}", headers=headers, body=b"{").status

    who = BY_CALL.get(row.name, "open")
    assert (send(ADMIN), send(STUDENT)) == (
        400,
        403 if "self" not in who and who != "open" and "any" not in who else 400,
    )


def test_an_unknown_call_is_404_for_those_with_a_token(world):
    assert v1(world, "GET", "getUsers", by=None)[0] == 401
    status, error = v1(world, "GET", "getUserAl", by=STUDENT)
    assert (status, error["message"]) == (404, "v1 has no call 'getUserAl'; did you mean 'getUserAll'?")
    assert v1(world, "GET", "", by=STUDENT)[0] == 404


def test_whose_a_row_is_comes_after_whether_it_is_there_and_a_right_before(world):
    assert v1(world, "POST", f"deleteAnswer/{NOBODY}", by=STUDENT)[0] == 404
    assert v1(world, "POST", f"deleteAnswer/{CLASSMATE}", by=STUDENT)[0] == 403
    assert v1(world, "GET", f"getUser/{NOBODY}", by=STUDENT)[0] == 403
    assert v1(world, "POST", f"deleteProject/{NOBODY}", by=DOCENT)[0] == 403
    assert v1(world, "PUT", "editAccount", {"id": NOBODY}, by=ADMIN)[0] == 404  # before the fields


def test_a_docent_adds_students_and_tells_students_only(world):
    fields = {"name": "Nieuw", "email": "nieuw@hanze.example", "password": "geheim", "role": 1}
    assert v1(world, "POST", "addUser", fields, DOCENT)[0] == 403
    assert v1(world, "POST", "newNotification", {"user_id": COLLEAGUE, "type": "x", "data": ""}, DOCENT)[0] == 403
    assert v1(world, "POST", "addUser", {"name": "Nieuw"}, STUDENT)[0] == 403
    assert v1(world, "POST", "addUser", {"name": "Nieuw"}, DOCENT)[0] == 400


@pytest.mark.parametrize("path", ["user/", "getHoursPerDay/4/", "getDaily/"])
def test_one_slash_at_the_end_is_allowed(world, path):
    assert v1(world, "GET", path) == v1(world, "GET", path[:-1])
    assert world.request("HEAD", f"/v1/{path}").body == b""
