"""A form filled in through V1 and the check-in that it is: one thing, whichever face changes it."""

from datetime import timedelta

import pytest

from ..checkin.checkin import ADMIN, CLASSMATE, DOCENT, STUDENT, linkage_of
from ..client import identifiers
from .v1 import NOW, TODAY, answer, filled_in, v1

DAILY = {
    "mood_score": 4,
    "mood_description": "Toppie",
    "hours_worked": "7.5",
    "problems": "geen",
    "comment": "Scooter?",
}
WEEKLY = {"went_well": "alles", "could_be_better": "niets", "goals": "meer"}
# of a type: its form, the form's answers, the least that V3 takes
CHECKINS = {
    "daily-checkins": (1, DAILY, {"mood_score": 3, "hours_worked": 1}),
    "weekly-checkins": (2, WEEKLY, {}),
}


@pytest.fixture
def made(world):
    """The student's daily form of today, filled in through V1: answersheet 6, answers 6 to 10, check-in 6."""
    return filled_in(world, DAILY, STUDENT)


def daily(world, id_=6):
    """The check-in as V3 shows it, after a look whether JSON:API shows the same; None where there is none."""
    answer_ = world.v3("GET", f"daily-checkins/{id_}")
    face = world.client.get(f"/daily-checkins/{id_}")
    assert answer_.status == face.status
    if answer_.status == 404:
        return None
    attributes = {name.replace("-", "_"): value for name, value in face.data["attributes"].items()}
    linkage = {"user_id": int(face.data["relationships"]["user"]["data"]["id"])}
    assert answer_.json == {"id": id_, **linkage, **attributes}
    return answer_.json


def texts(world, sheet=6):
    """{question's key or title: text} of an answersheet's answers, None where there is no such answersheet."""
    status, found = v1(world, "GET", f"getAnswersByAnswersheet/{sheet}")
    if status == 404:
        return None
    keys = dict(enumerate(DAILY, start=1)) | dict(enumerate(WEEKLY, start=6))
    return {keys.get(row["question_id"], row["question_title"]): row["answer"] for row in found}


def edited(world, answers, by=STUDENT, sheet=6):
    fields = {"id": sheet, "question_array": [], "question_text": [], "array_answers": answers}
    return v1(world, "POST", "updateAnswer", fields, by)


CHECKIN = {
    "id": 6,
    "user_id": STUDENT,
    "mood_score": 4,
    "mood_description": "Toppie",
    "hours_worked": 7.5,
    "comment": "Scooter?",
    "date": TODAY,
}


# --- making -----------------------------------------------------------------------------------------
def test_the_daily_form_is_the_days_checkin(world, made):
    assert made["answers"] == [answer(5 + id_, 6, id_, text) for id_, text in enumerate(map(str, DAILY.values()), 1)]
    assert daily(world) == CHECKIN


def test_the_weekly_form_is_the_weeks_checkin(world):
    filled_in(world, WEEKLY, STUDENT, form_id=2)
    own = {"user_id": STUDENT, "mood_score": None, **WEEKLY, "comment": "", "date": TODAY}
    assert world.entity("weekly-checkins/6") == {"id": 6, **own}


@pytest.mark.parametrize(
    "answers", [["4", "Toppie", "7.5", "geen", "Scooter?"], dict(zip("12345", DAILY.values(), strict=True))]
)
def test_answers_are_told_by_their_order_or_the_questions_ids(world, answers):
    filled_in(world, answers, STUDENT)
    assert daily(world) == CHECKIN


def test_answers_are_told_by_the_titles(world):
    filled_in(world, {"How do you feel today?": 2, "How many hours did you work?": "0"}, STUDENT)
    expected = {**CHECKIN, "mood_score": 2, "mood_description": "", "hours_worked": 0, "comment": ""}
    assert daily(world) == expected


@pytest.mark.parametrize("answers", [{"boe": "hallo"}, {"mood_score": 4}, {"hours_worked": 4, "mood_score": ""}, []])
def test_without_mood_and_hours_it_is_an_answersheet_only(world, answers):
    sheet = filled_in(world, answers, STUDENT)
    assert v1(world, "GET", "getUserFormsRecent/4") == (200, sheet)
    assert daily(world) is None
    assert v1(world, "GET", "checkFilledIn/4/1", by=STUDENT)[1]["filled_in"] is False


def test_it_is_filled_in_by_every_face(world, made):
    filled_in(world, WEEKLY, STUDENT, form_id=2)
    found = {form: v1(world, "GET", f"checkFilledIn/4/{form}", by=STUDENT)[1]["filled_in"] for form in (1, 2)}
    extras = world.entity("users/4", {"with": ["canDoDaily", "canDoWeekly"]})
    assert (found, extras["canDoDaily"], extras["canDoWeekly"]) == ({1: True, 2: True}, False, False)


@pytest.mark.parametrize("type_", CHECKINS)
@pytest.mark.parametrize("elsewhere", [False, True])
def test_a_second_one_in_the_period_is_refused_whichever_face_made_the_first(world, type_, elsewhere):
    form_id, answers, in_v3 = CHECKINS[type_]
    if elsewhere:
        world.create(type_, {"user_id": STUDENT, **in_v3})
    else:
        filled_in(world, answers, STUDENT, form_id)
    before = v1(world, "GET", "getUserAnswersheets/4")
    fields = {"user_id": STUDENT, "form_id": form_id, "array_answers": answers}
    status, error = v1(world, "POST", "saveFormAnswers", fields, STUDENT)
    assert (status, list(error["errors"])) == (400, ["date"])
    assert v1(world, "GET", "getUserAnswersheets/4") == before
    assert world.v3("POST", type_, {"user_id": STUDENT, **in_v3}).status == 400


def test_a_checkin_made_elsewhere_has_no_answersheet(world):
    made = world.create("daily-checkins", {"user_id": STUDENT, "mood_score": 4, "hours_worked": 8}, by=STUDENT)
    assert v1(world, "GET", "getUserAnswersheets/4") == (200, [STUDENT])
    assert v1(world, "GET", "getTotalDaily/4") == (200, {"total": 2})
    assert v1(world, "GET", "checkFilledIn/4/1")[1]["filled_in"] is True
    assert world.v3("DELETE", f"daily-checkins/{made['id']}").status == 204
    assert v1(world, "GET", "getUserAnswersheets/4") == (200, [STUDENT])


# --- V1 changes the answersheet -----------------------------------------------------------------------
def test_edited_answers_change_the_checkin(world, made):
    assert edited(world, {"mood_score": 2, "hours_worked": 8})[0] == 200
    assert daily(world) == {**CHECKIN, "mood_score": 2, "mood_description": "", "hours_worked": 8, "comment": ""}


def test_edited_answers_without_mood_end_the_checkin_and_with_it_begin_it_again(world, made):
    assert edited(world, {"comment": "niets"})[1]["id"] == 6
    assert (daily(world), texts(world)) == (None, {"comment": "niets"})
    assert edited(world, DAILY)[1]["id"] == 6
    assert daily(world, 7) == {**CHECKIN, "id": 7}


def test_the_checkin_of_an_answersheet_edited_later_is_of_its_day(world, set_clock):
    filled_in(world, {"comment": "niets"}, STUDENT)
    set_clock(NOW + timedelta(days=3))
    edited(world, DAILY)
    assert daily(world)["date"] == TODAY


def test_edited_answers_that_cannot_be_change_nothing(world, made):
    status, error = edited(world, {**DAILY, "mood_score": 6})
    assert (status, list(error["errors"])) == (400, ["mood_score"])
    assert daily(world) == CHECKIN
    assert texts(world) == {key: str(value) for key, value in DAILY.items()}


def test_a_deleted_answersheet_takes_its_checkin(world, made):
    assert v1(world, "DELETE", "deleteAnswer/6", by=STUDENT) == (204, None)
    assert (daily(world), texts(world)) == (None, None)
    assert v1(world, "GET", "checkFilledIn/4/1")[1]["filled_in"] is False


# --- another face changes the check-in ---------------------------------------------------------------
def test_a_checkin_changed_in_v3_changes_the_answers(world, made):
    assert world.v3("PUT", "daily-checkins/6", {"mood_score": 1, "comment": ""}, STUDENT).status == 200
    assert texts(world) == {**{key: str(value) for key, value in DAILY.items()}, "mood_score": "1", "comment": ""}


def test_a_checkin_changed_in_jsonapi_changes_the_answers_and_adds_what_was_not_answered(world):
    filled_in(world, {"hours_worked": "7.0", "mood_score": 4}, STUDENT)
    document = {"data": {"type": "daily-checkins", "id": "6", "attributes": {"hours-worked": 7, "comment": "nieuw"}}}
    assert world.client.patch("/daily-checkins/6", document).status == 200
    assert texts(world) == {"hours_worked": "7.0", "mood_score": "4", "comment": "nieuw"}  # 7.0 says 7 already


@pytest.mark.parametrize("type_", CHECKINS)
@pytest.mark.parametrize("face", ["v3", "JSON:API"])
def test_a_deleted_checkin_takes_its_answersheet(world, type_, face):
    form_id, answers, _ = CHECKINS[type_]
    filled_in(world, answers, STUDENT, form_id)
    if face == "v3":
        assert world.v3("DELETE", f"{type_}/6", by=STUDENT).status == 204
    else:
        assert world.client.delete(f"/{type_}/6").status == 204
    assert texts(world) is None
    assert v1(world, "GET", "getUserAnswersheets/4") == (200, [STUDENT])
    assert v1(world, "GET", "getUserAnswers/4")[1][1:] == []


def test_a_checkin_given_to_another_user_takes_its_answersheet_along(world, made):
    patch = {"data": identifiers(("users", str(CLASSMATE)))}
    assert world.client.patch("/daily-checkins/6/relationships/user", patch).status == 200
    assert v1(world, "GET", "getUserAnswersheets/5") == (200, [CLASSMATE, 6])
    back = {"data": identifiers(("users", str(STUDENT)))}
    assert world.client.patch("/answersheets/6/relationships/user", back).status == 200
    assert daily(world) == CHECKIN


# --- another face changes the answers ----------------------------------------------------------------
@pytest.mark.parametrize("face", ["v3", "JSON:API"])
def test_a_changed_answer_changes_the_checkin(world, made, face):
    if face == "v3":
        assert world.v3("PUT", "answers/8", {"answer": "3"}).status == 200
    else:
        document = {"data": {"type": "answers", "id": "8", "attributes": {"answer": "3"}}}
        assert world.client.patch("/answers/8", document).status == 200
    assert daily(world) == {**CHECKIN, "hours_worked": 3}


def test_an_answer_that_is_no_value_of_the_field_is_refused(world, made):
    document = {"data": {"type": "answers", "id": "8", "attributes": {"answer": "veel"}}}
    refused = world.client.patch("/answers/8", document)
    pointers = [error["source"]["pointer"] for error in refused.errors]
    assert (refused.status, pointers) == (422, ["/data/attributes/answer"])
    in_v3 = world.v3("PUT", "answers/6", {"answer": "6"})
    assert (in_v3.status, list(in_v3.json["errors"])) == (400, ["answer"])
    assert daily(world) == CHECKIN


def test_a_deleted_answer_empties_its_field(world, made):
    assert world.client.delete("/answers/10").status == 204
    assert world.v3("DELETE", "answers/9").status == 204  # the problems, which are no field
    assert daily(world) == {**CHECKIN, "comment": ""}


@pytest.mark.parametrize("id_, key", [(6, "mood_score"), (8, "hours_worked")])
def test_without_its_answers_mood_and_hours_the_answersheet_is_no_checkin(world, made, id_, key):
    assert world.client.delete(f"/answers/{id_}").status == 204
    assert daily(world) is None
    assert texts(world) == {name: str(value) for name, value in DAILY.items() if name != key}


def test_an_answer_added_elsewhere_fills_its_field_once(world):
    filled_in(world, {"mood_score": 4, "hours_worked": 8}, STUDENT)
    added = {"answersheet_id": 6, "question_id": 5, "question_title": "Nog iets?", "answer": "ja"}
    assert world.v3("POST", "answers", added).status == 201
    assert daily(world)["comment"] == "ja"
    assert world.v3("POST", "answers", added).status == 400


@pytest.mark.parametrize(
    "path, to", [("/answers/6/relationships/answersheet", "4"), ("/answers/6/relationships/question", "5")]
)
def test_an_answer_of_a_checkin_stays_where_it_is(world, made, path, to):
    type_ = {"answersheet": "answersheets", "question": "questions"}[path.rpartition("/")[2]]
    assert world.client.patch(path, {"data": identifiers((type_, to))}).status == 422
    assert daily(world) == CHECKIN


def test_the_answersheet_of_a_checkin_stays_of_its_form(world, made):
    move = {"data": identifiers(("forms", "2"))}
    assert world.client.patch("/answersheets/6/relationships/form", move).status == 422
    assert world.client.patch("/answersheets/4/relationships/form", move).status == 200  # none


def test_an_answersheet_made_elsewhere_is_no_checkin(world):
    linkage = linkage_of("answersheets", {"user_id": STUDENT, "form_id": 1})
    sheet = world.client.create("answersheets", **linkage)["id"]
    for question, text in (("1", "4"), ("3", "8")):
        linkage = {"answersheet": ("answersheets", sheet), "question": ("questions", question)}
        world.client.create("answers", {"answer": text}, **linkage)
    assert daily(world) is None
    assert edited(world, DAILY, sheet=int(sheet))[0] == 200  # but V1 makes it one
    assert daily(world) == CHECKIN


# --- what it belongs to goes ---------------------------------------------------------------------------
def test_a_deleted_user_takes_both(world, made):
    assert world.v3("DELETE", f"users/{STUDENT}").status == 204
    assert (daily(world), texts(world)) == (None, None)


def test_a_deleted_form_takes_both(world, made):
    assert world.v3("DELETE", "forms/1").status == 204
    assert (daily(world), texts(world)) == (None, None)
    assert world.ids("daily-checkins", {"user_id": STUDENT}) == [STUDENT]  # what was made elsewhere stays


def test_a_deleted_question_leaves_both(world, made):
    assert world.v3("DELETE", "questions/5").status == 204
    assert world.v3("PUT", "daily-checkins/6", {"comment": "anders"}).status == 200
    assert daily(world) == {**CHECKIN, "comment": "anders"}
    assert texts(world)["Anything else?"] == "Scooter?"


def test_two_users_fill_in_the_same_day(world, made):
    filled_in(world, {"mood_score": 5, "hours_worked": 1}, CLASSMATE, by=ADMIN)
    filled_in(world, {"mood_score": 5, "hours_worked": 2}, DOCENT)
    assert v1(world, "GET", f"getTotalHoursBetweenTotal/{TODAY}/{TODAY}", by=DOCENT) == (200, {"total": 10.5})


@pytest.mark.parametrize(
    ("created_at", "status"),
    [
        ("2022-03-18T10:00:00Z", 400),
        ("9999-12-31T23:59:59-12:00", 400),
        ("0001-01-01T00:00:00+14:00", 200),
    ],
)
def test_a_sheet_of_another_time_becomes_no_checkin_of_the_future(world, created_at, status):
    linkage = {"user": ("users", str(STUDENT)), "form": ("forms", "1")}
    sheet = int(world.client.create("answersheets", {"created-at": created_at}, **linkage)["id"])
    before = world.ids("daily-checkins")
    assert edited(world, {"mood_score": 3, "hours_worked": 2}, ADMIN, sheet)[0] == status
    assert len(world.ids("daily-checkins")) == len(before) + (status == 200)
