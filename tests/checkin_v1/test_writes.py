"""Every V1 call that writes, in the filled namespace: its whole answer, and what a read shows afterwards."""

import pytest

from jsonapi_course.api.checkin.v1.table import CALLS

from ..checkin.checkin import ADMIN, COLLEAGUE, DOCENT, NOBODY, PASSWORD, STUDENT, email_of
from .v1 import STAMPS, answer, filled_in, form, question, row, shared, sheet_of, user, v1

LINK = {"user_id": STUDENT, "competentie_id": 1, "niveau": 1, "doel": None}
NEW_SHEET = {"id": 6, "user_id": STUDENT, "form_id": 1, **STAMPS}
EDITED_SHEET = {key: value for key, value in sheet_of(STUDENT).items() if key != "answers"}
ADDED = {"name": "Nieuwe Student", "email": "nieuw@st.hanze.example"}

# method, path, body, by whom, status, answer
WRITES = [
    # accounts
    ("POST", "addUser", {**ADDED, "password": "geheim", "role": 0}, DOCENT, 201, user(6, **ADDED, role="student")),
    ("POST", "addUser", {**ADDED, "password": "geheim", "role": "1"}, ADMIN, 201, user(6, **ADDED, role="admin")),
    (
        "POST",
        "editAccount",
        {"id": "4", "name": "", "email": "sam@hanze.example", "password": ""},
        STUDENT,
        200,
        user(STUDENT, email="sam@hanze.example"),
    ),
    (
        "PUT",
        "editAccount",
        {"id": 4, "name": "Sam van der Student", "email": "", "password": ""},
        ADMIN,
        200,
        user(STUDENT, name="Sam van der Student"),
    ),
    ("POST", "deleteUser/4", None, ADMIN, 204, None),
    ("DELETE", "deleteUser/4", None, ADMIN, 204, None),
    # docents and their students
    ("POST", "connectToStudent/2/4", None, DOCENT, 200, user(STUDENT)),
    ("POST", "connectToStudent/2/4", None, ADMIN, 200, user(STUDENT)),
    # answersheets
    (
        "POST",
        "postFormApi",
        {
            "user_id": STUDENT,
            "form_id": 1,
            "questions_array": [4, 5],
            "questions_text": ["Welke problemen?", ""],
            "array_answers": ["geen", "niets"],
        },
        STUDENT,
        201,
        {**NEW_SHEET, "answers": [answer(6, 6, 4, "geen", "Welke problemen?"), answer(7, 6, 5, "niets")]},
    ),
    (
        "POST",
        "saveFormAnswers",
        {"user_id": "4", "form_id": "1", "array_answers": {"boe": "hallo"}},
        STUDENT,
        201,
        {**NEW_SHEET, "answers": [answer(6, 6, None, "hallo", "boe")]},
    ),
    *(
        (
            method,
            call,
            {"id": "4", "question_array": [5], "question_text": ["Nog iets?"], field: ["nee"]},
            STUDENT,
            200,
            {**EDITED_SHEET, "answers": [answer(6, 4, 5, "nee", "Nog iets?")]},
        )
        for method in ("POST", "PUT")
        for call, field in (
            ("updateAnswer", "array_answers"),
            ("editAnswer", "question_answers"),
            ("editAnswer", "array_answers"),
        )
    ),
    ("POST", "deleteAnswer/4", None, STUDENT, 204, None),
    ("DELETE", "deleteAnswer/4", None, ADMIN, 204, None),
    # questions
    (
        "POST",
        "editQuestion",
        {"id": "2", "title": "Question 2 test", "data": "1-5"},
        ADMIN,
        200,
        question(2, title="Question 2 test", data="1-5"),
    ),
    (
        "POST",
        "createQuestion",
        {"form_id": "1", "qdata": "test data", "title": "test title", "type": "Text"},
        ADMIN,
        201,
        row("questions", 9, {"form_id": 1, "data": "test data", "title": "test title", "type": "text"}),
    ),
    # competenties
    ("POST", "createCompetentie", {"name": "tester"}, ADMIN, 201, shared("competenties", 3, name="tester")),
    ("PUT", "editCompetentie", {"id": 1, "name": "tester"}, ADMIN, 200, shared("competenties", 1, name="tester")),
    ("POST", "delCompetentie", {"id": 2}, ADMIN, 204, None),
    ("DELETE", "delCompetentie/2", None, ADMIN, 204, None),
    (
        "POST",
        "addCompetentieToUser",
        {"user_id": 4, "competentie_id": 2},
        ADMIN,
        201,
        row("user-competenties", 6, {**LINK, "competentie_id": 2, "niveau": None}),
    ),
    ("POST", "delCompetentieToUser", {"id": "4"}, ADMIN, 204, None),
    ("DELETE", "delCompetentieToUser/4", None, ADMIN, 204, None),
    (
        "POST",
        "editCompetentieNiveau",
        {"user_id": "4", "competentie_id": "1", "niveau": "3"},
        STUDENT,
        200,
        row("user-competenties", 4, {**LINK, "niveau": 3}),
    ),
    (
        "PUT",
        "editCompetentieDoel",
        {"user_id": 4, "competentie_id": 1, "doel": 4},
        STUDENT,
        200,
        row("user-competenties", 4, {**LINK, "doel": 4}),
    ),
    # projects and jobroles
    (
        "POST",
        "newProject",
        {"name": "Check-In", "description": "Hier"},
        ADMIN,
        201,
        shared("projects", 3, name="Check-In", description="Hier"),
    ),
    (
        "POST",
        "editProject",
        {"id": 1, "name": "Check-In", "description": "Hier"},
        ADMIN,
        200,
        shared("projects", 1, name="Check-In", description="Hier"),
    ),
    ("POST", "newUserProject", {"project_id": 2, "user_id": 4}, ADMIN, 200, shared("projects", 2)),
    ("POST", "newUserProject", {"project_id": "1", "user_id": "4"}, ADMIN, 200, shared("projects", 1)),
    ("DELETE", "deleteProject/1", None, ADMIN, 204, None),
    ("POST", "addJobrole", {"user_id": 4, "jobrole_id": 2}, STUDENT, 200, shared("jobroles", 2)),
    ("POST", "deleteJobRole/1", None, ADMIN, 204, None),
    # notifications
    (
        "POST",
        "newNotification",
        {"user_id": 4, "type": "remark", "data": "Goed gedaan"},
        DOCENT,
        201,
        row("notifications", 6, {"user_id": 4, "type": "remark", "data": "Goed gedaan"}),
    ),
    ("POST", "delNotification/4", None, STUDENT, 204, None),
    ("DELETE", "delNotification/4", None, ADMIN, 204, None),
]
ELSEWHERE = {"sanctum/token", "sanctum/logout", "removeLinkToStudent/{student_id}", "getDailyCreatedAtBetweenUser"}


@pytest.mark.parametrize(
    "method, path, body, by, status, expected",
    WRITES,
    ids=[f"{row[0]} {row[1]} by {row[3]}-{i}" for i, row in enumerate(WRITES)],
)
def test_a_call_that_writes_gives(world, method, path, body, by, status, expected):
    assert v1(world, method, path, body, by) == (status, expected)


def test_every_call_that_writes_is_among_them():
    untried = {
        row.path
        for row in CALLS
        if "POST" in row.methods and not any(row.pattern.fullmatch(path) for _, path, *_ in WRITES)
    }
    assert untried == ELSEWHERE


@pytest.mark.parametrize(
    "call, read, expected",
    [
        ("deleteUser/4", "getUser/4", None),
        ("deleteUser/4", "getAnswersById/4", None),
        ("deleteAnswer/4", "getAnswersById/4", None),
        ("deleteAnswer/4", "getUserAnswersheets/4", []),
        ("delCompetentie/2", "getAllCompetenties", [shared("competenties", 1)]),
        ("delCompetentieToUser/4", "getAllCompetentieByUser/1/4", []),
        ("deleteProject/1", "getProjectsByUser/4", []),
        ("deleteJobRole/1", "getJobRolesByUser/4", []),
        ("delNotification/4", "getNotificationDetails/4", None),
    ],
)
def test_what_was_deleted_is_gone(world, call, read, expected):
    assert v1(world, "POST", call) == (204, None)
    status, found = v1(world, "GET", read)
    assert status == 404 if expected is None else (status, found) == (200, expected)


def test_users_are_linked_to_what_they_were_added_to(world):
    v1(world, "POST", "newUserProject", {"project_id": 2, "user_id": 4})
    v1(world, "POST", "addJobrole", {"user_id": 4, "jobrole_id": 2}, STUDENT)
    assert v1(world, "GET", "getProjectsByUser/4") == (200, [shared("projects", 1), shared("projects", 2)])
    assert v1(world, "GET", "getJobRolesByUser/4") == (200, [shared("jobroles", 1), shared("jobroles", 2)])


def test_an_edited_account_logs_in_with_what_was_sent_and_keeps_what_was_left(world):
    fields = {"id": STUDENT, "name": "", "email": "sam@hanze.example", "password": ""}
    assert v1(world, "POST", "editAccount", fields, STUDENT)[0] == 200
    assert world.ask_token("sam@hanze.example").status == 200
    v1(world, "POST", "editAccount", {**fields, "email": "", "password": "anders"}, STUDENT)
    assert [world.ask_token("sam@hanze.example", password).status for password in (PASSWORD, "anders")] == [401, 200]


def test_a_docent_parts_a_student_from_themselves_and_an_admin_from_all(world):
    for docent in (DOCENT, COLLEAGUE):
        v1(world, "POST", f"connectToStudent/{docent}/4", by=docent)
    assert v1(world, "POST", "removeLinkToStudent/4", by=DOCENT) == (204, None)
    assert v1(world, "POST", "removeLinkToStudent/4", by=DOCENT)[0] == 404
    assert v1(world, "GET", "getConnectedUsers/2", by=DOCENT) == (200, [])
    assert v1(world, "GET", "getConnectedUsers/3", by=COLLEAGUE) == (200, [user(STUDENT)])
    assert v1(world, "POST", "removeLinkToStudent/4", by=ADMIN) == (204, None)
    assert v1(world, "GET", "getConnectedUsers/3", by=COLLEAGUE) == (200, [])


@pytest.mark.parametrize("path, field", [("connectToStudent/2/3", "student_id"), ("connectToStudent/4/5", "docent_id")])
def test_only_a_student_is_connected_and_only_to_a_docent(world, path, field):
    status, error = v1(world, "POST", path)
    assert (status, list(error["errors"])) == (400, [field])


def test_a_low_mood_through_v1_tells_the_connected_docents(world):
    v1(world, "POST", "connectToStudent/2/4", by=DOCENT)
    filled_in(world, {"mood_score": 1, "hours_worked": 8}, STUDENT)
    filled_in(world, {"mood_score": 3, "hours_worked": 8}, DOCENT)
    status, found = v1(world, "GET", "getNotificationDetails/6", by=DOCENT)
    assert (status, found["type"], found["user_id"]) == (200, "low-mood", DOCENT)
    assert "Sam Student" in found["data"] and "2022-03-17" in found["data"]
    assert v1(world, "GET", "getAmountOfNotifications", by=ADMIN) == (200, {"total": 6})


# --- what is refused --------------------------------------------------------------------------------
NEW = {"user_id": STUDENT, "form_id": 1}


@pytest.mark.parametrize(
    "path, body, fields",
    [
        ("addUser", {**ADDED, "password": "x", "role": 2}, ["role"]),
        ("addUser", {**ADDED, "password": "x", "role": True}, ["role"]),
        ("addUser", {**ADDED, "password": "", "role": 0}, ["password"]),
        ("addUser", {**ADDED, "email": "geen adres", "password": "x", "role": 0}, ["email"]),
        ("addUser", {**ADDED, "email": email_of(STUDENT).upper(), "password": "x", "role": 0}, ["email"]),
        ("editAccount", {"id": 4, "name": [], "email": "", "password": ""}, ["name"]),
        ("saveFormAnswers", {**NEW, "array_answers": "boe"}, ["array_answers"]),
        ("saveFormAnswers", {**NEW, "array_answers": "[" * 3000}, ["array_answers"]),
        ("saveFormAnswers", {**NEW, "array_answers": '{"mood_score": 4'}, ["array_answers"]),
        ("saveFormAnswers", {**NEW, "array_answers": {"mood_score": 6}}, ["mood_score"]),
        (
            "saveFormAnswers",
            {**NEW, "array_answers": {"mood_score": "4,5", "hours_worked": 8.2}},
            ["mood_score", "hours_worked"],
        ),
        ("saveFormAnswers", {**NEW, "array_answers": {"hours_worked": "25"}}, ["hours_worked"]),
        ("saveFormAnswers", {**NEW, "array_answers": {"mood_score": 4, "1": 4}}, ["array_answers"]),
        ("saveFormAnswers", {**NEW, "array_answers": ["1"] * 6}, ["array_answers"]),
        ("saveFormAnswers", {**NEW, "user_id": NOBODY, "array_answers": {}}, ["user_id"]),
        ("saveFormAnswers", {**NEW, "form_id": NOBODY, "array_answers": {}}, ["form_id"]),
        (
            "postFormApi",
            {**NEW, "questions_array": [6], "questions_text": "", "array_answers": ["goed"]},
            ["questions_array"],
        ),
        (
            "updateAnswer",
            {"id": 4, "question_array": ["x"], "question_text": [], "array_answers": []},
            ["question_array"],
        ),
        ("createQuestion", {"form_id": 1, "qdata": "", "title": "x", "type": "checkbox"}, ["type"]),
        ("createQuestion", {"form_id": NOBODY, "qdata": "", "title": "x", "type": "text"}, ["form_id"]),
        ("createCompetentie", {"name": ""}, ["name"]),
        ("delCompetentie", {"id": 1}, []),  # in use
        ("addCompetentieToUser", {"user_id": 4, "competentie_id": 1}, ["competentie_id"]),  # has it
        ("editCompetentieNiveau", {"user_id": 4, "competentie_id": 1, "niveau": 5}, ["niveau"]),
        ("editCompetentieDoel", {"user_id": 4, "competentie_id": 1, "doel": "hoog"}, ["doel"]),
        ("newNotification", {"user_id": NOBODY, "type": "x", "data": ""}, ["user_id"]),
    ],
)
def test_a_wrong_value_is_400_with_its_name_and_changes_nothing(world, path, body, fields):
    status, error = v1(world, "POST", path, body)
    assert (status, list(error["errors"])) == (400, fields)
    assert v1(world, "GET", "getUserFormsRecent/4") == (200, sheet_of(STUDENT))


@pytest.mark.parametrize(
    "path, body",
    [
        ("editAccount", {"id": NOBODY, "name": "", "email": "", "password": ""}),
        ("updateAnswer", {"id": NOBODY, "question_array": [], "question_text": [], "array_answers": []}),
        ("editCompetentie", {"id": NOBODY, "name": "x"}),
        ("editCompetentieNiveau", {"user_id": 4, "competentie_id": 2, "niveau": 1}),
        ("delCompetentieToUser", {"id": NOBODY}),
        ("newUserProject", {"project_id": NOBODY, "user_id": 4}),
        ("newUserProject", {"project_id": 1, "user_id": NOBODY}),
        ("addJobrole", {"user_id": 4, "jobrole_id": NOBODY}),
        (f"deleteUser/{NOBODY}", None),
        (f"connectToStudent/2/{NOBODY}", None),
    ],
)
def test_what_is_changed_or_linked_must_be_there(world, path, body):
    assert v1(world, "POST", path, body)[0] == 404


# --- bodies -----------------------------------------------------------------------------------------
def test_forms_nest_fields_as_php_does(world):
    fields = [("user_id", "4"), ("form_id", "1"), ("array_answers[mood_score]", "4"), ("array_answers[5]", "a=b & c")]
    expected = {**NEW_SHEET, "answers": [answer(6, 6, 1, "4"), answer(7, 6, 5, "a=b & c")]}
    assert form(world, "saveFormAnswers", fields, STUDENT) == (201, expected)


def test_forms_hold_arrays_as_php_does(world):
    fields = [("user_id", "4"), ("form_id", "1"), ("questions_array[]", "5"), ("questions_array[]", "4")]
    fields += [("questions_text[]", ""), ("array_answers[]", "niets"), ("array_answers[]", "geen")]
    expected = {**NEW_SHEET, "answers": [answer(6, 6, 5, "niets"), answer(7, 6, 4, "geen")]}
    assert form(world, "postFormApi", fields, STUDENT) == (201, expected)


def test_forms_and_json_may_hold_json_texts(world):
    fields = {"user_id": "4", "form_id": "1", "array_answers": '{"boe": "hallo", "n": 1.5, "ja": true, "leeg": null}'}
    texts = [("boe", "hallo"), ("n", "1.5"), ("ja", "true"), ("leeg", "")]
    for number, write in enumerate((form, lambda *args: v1(args[0], "POST", *args[1:]))):
        first, sheet = 6 + number * len(texts), 6 + number
        answers = [answer(first + at, sheet, None, text, key) for at, (key, text) in enumerate(texts)]
        assert write(world, "saveFormAnswers", fields, STUDENT) == (201, {**NEW_SHEET, "id": sheet, "answers": answers})


def test_other_bodies_are_400(world):
    headers = {"Authorization": f"Bearer {world.tokens[ADMIN]}"}
    for type_, body in (("application/json", b"{"), ("application/json", b"[]"), ("text/xml", b"<a/>")):
        answer_ = world.client.request(
            "POST", "/v1/createCompetentie", headers={**headers, "Content-Type": type_}, body=body
        )
        assert answer_.status == 400


# --- tokens -----------------------------------------------------------------------------------------
def test_the_first_admin_of_a_namespace_needs_no_token(empty):
    fields = {"name": "Anna Admin", "email": email_of(ADMIN), "password": PASSWORD, "role": "1"}
    assert v1_open(empty, "addUser", {**fields, "role": 0})[0] == 401
    assert v1_open(empty, "addUser", {"role": 1})[0] == 400
    assert v1_open(empty, "addUser", fields) == (201, user(ADMIN))
    assert v1_open(empty, "addUser", {**fields, "email": "b@hanze.example"})[0] == 401


def test_a_refused_addUser_makes_no_namespace(empty, standing_shelf):
    for body in (None, {"role": 0}, {"role": 1}):
        v1_open(empty, "addUser", body)
    assert not standing_shelf.namespaces.exists("s1")


def test_a_token_is_given_for_the_right_password_and_ends_by_logout(world):
    fields = {"email": email_of(STUDENT), "password": PASSWORD, "device_name": "phone"}
    status, given = v1_open(world, "sanctum/token", fields)
    assert (status, list(given)) == (200, ["token"])
    world.tokens["phone"] = given["token"]
    assert v1(world, "GET", "user", by="phone") == (200, user(STUDENT))
    assert v1(world, "POST", "sanctum/logout", by="phone") == (204, None)
    assert v1(world, "GET", "user", by="phone")[0] == 403
    assert v1(world, "GET", "user", by=STUDENT) == (200, user(STUDENT))


@pytest.mark.parametrize(
    "change, status, fields",
    [
        ({"password": "fout"}, 401, []),
        ({"email": "niemand@hanze.example"}, 401, []),
        ({"email": None}, 400, ["email"]),
        ({"password": [], "device_name": {}}, 400, ["password", "device_name"]),
    ],
)
def test_no_token_is_given_for(world, change, status, fields):
    right = {"email": email_of(STUDENT), "password": PASSWORD, "device_name": "phone"}
    answered, error = v1_open(world, "sanctum/token", {**right, **change})
    assert (answered, list(error["errors"])) == (status, fields)


def v1_open(world, path, body):
    """A POST without a token."""
    return v1(world, "POST", path, body, by=None)


# --- forms ------------------------------------------------------------------------------------------
@pytest.mark.parametrize("value", [b"a%00b", b"caf%E9", b"caf\xe9"])
def test_a_form_with_what_cannot_be_text_is_400(world, value):
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Authorization": f"Bearer {world.tokens[ADMIN]}",
    }
    before = v1(world, "GET", "getAllProjects")
    body = b"description=d&name=" + value
    answer = world.client.request("POST", "/v1/newProject", headers=headers, body=body)
    assert (answer.status, list(answer.json)) == (400, ["message", "errors"])
    assert v1(world, "GET", "getAllProjects") == before


def test_a_list_as_php_writes_it_is_the_list(world):
    fields = {"user_id": STUDENT, "form_id": 1, "questions_array[0]": 1, "questions_array[1]": 3}
    fields |= {"questions_text[0]": "M", "questions_text[1]": "H", "array_answers[0]": 4, "array_answers[1]": 5}
    status, sheet = form(world, "postFormApi", fields, STUDENT)
    assert status == 201, sheet
    status, answers = v1(world, "GET", f"getAnswersByAnswersheet/{sheet['id']}")
    assert [(row["question_id"], row["question_title"], row["answer"]) for row in answers] == [
        (1, "M", "4"),
        (3, "H", "5"),
    ]


def test_a_question_asked_twice_loses_no_answer(world):
    fields = {"user_id": STUDENT, "form_id": 1, "questions_array": [1, 1], "questions_text": ["a", "b"]}
    status, error = v1(world, "POST", "postFormApi", fields | {"array_answers": ["3", "4"]}, STUDENT)
    assert (status, list(error["errors"])) == (400, ["array_answers"])


@pytest.mark.parametrize("fields", [{"user_id": 999, "form_id": 1}, {"user_id": STUDENT, "form_id": 999}])
def test_the_days_of_an_unknown_user_or_form_are_404(world, fields):
    span = {"date1": "2022-01-01 00:00:00", "date2": "2022-12-31 00:00:00"}
    assert v1(world, "POST", "getDailyCreatedAtBetweenUser", fields | span)[0] == 404
