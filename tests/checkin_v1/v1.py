"""What the tests of V1 share: the time, calls, and rows as V1 shows them."""

from datetime import UTC, datetime
from urllib.parse import urlencode

from ..checkin.checkin import ADMIN, NAMES, TEXTS, USERS, body_of, entity_of, said, user_entity

NOW = datetime(2022, 3, 17, 11, 26, 41, tzinfo=UTC)  # a Thursday
TODAY = "2022-03-17"
STAMP = "2022-03-17T11:26:41.000000Z"
STAMPS = {"created_at": STAMP, "updated_at": STAMP}
SHEET_STAMPS = {"created_at": "2020-01-06T09:00:00.000000Z", "updated_at": STAMP}

# the reference questions: id, form, key, kind, data, title
QUESTIONS = [
    (1, 1, "mood_score", "slider", "1-5", "How do you feel today?"),
    (2, 1, "mood_description", "text", "", "Why do you feel so?"),
    (3, 1, "hours_worked", "slider", "0-24", "How many hours did you work?"),
    (4, 1, "problems", "text", "", "Which problems did you meet?"),
    (5, 1, "comment", "text", "", "Anything else?"),
    (6, 2, "went_well", "text", "", "What went well this week?"),
    (7, 2, "could_be_better", "text", "", "What could be better?"),
    (8, 2, "goals", "text", "", "What are your goals for next week?"),
]
TITLES = {id_: title for id_, *_, title in QUESTIONS}


def v1(world, method, path, body=None, by=ADMIN):
    """(status, JSON or None) of a V1 call."""
    return said(world.request(method, f"/v1/{path}", body, by))


def form(world, path, fields, by=ADMIN):
    """The same with a form-encoded body."""
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Authorization": f"Bearer {world.tokens[by]}"}
    return said(world.client.request("POST", f"/v1/{path}", headers=headers, body=urlencode(fields).encode()))


def filled_in(world, answers, user, form_id=1, by=None):
    """Saves a form through V1 and returns the answersheet."""
    fields = {"user_id": user, "form_id": form_id, "array_answers": answers}
    status, sheet = v1(world, "POST", "saveFormAnswers", fields, user if by is None else by)
    assert status == 201, sheet
    return sheet


# --- rows -------------------------------------------------------------------------------------------
def row(type_, id_, body):
    """The row that V1 shows of a type's body in V3's words."""
    return entity_of(type_, id_, body) | STAMPS


def owned(type_, user, **changes):
    """The row of the filled namespace that the user owns."""
    return row(type_, user, {**body_of(type_, user), **changes}) | (SHEET_STAMPS if type_ == "answersheets" else {})


def shared(type_, id_, **changes):
    """A row of the filled namespace that nobody owns."""
    return row(type_, id_, {**TEXTS[type_], **changes})


def sheet_of(user):
    """The user's answersheet of the filled namespace, with its answer."""
    return {**owned("answersheets", user), "answers": [owned("answers", user)]}


def user(id_, **changes):
    role = NAMES[id_][1] if id_ in NAMES else changes["role"]
    entity = user_entity(id_, **changes)
    return {**entity, "role": 0 if role == "student" else 1, **STAMPS}


def question(id_, **changes):
    fields = dict(zip(("form_id", "key", "type", "data", "title"), QUESTIONS[id_ - 1][1:], strict=True))
    return row("questions", id_, {**fields, **changes})


def questions(form_id):
    return [question(id_) for id_, of, *_ in QUESTIONS if of == form_id]


def answer(id_, sheet, question_id, text, title=None):
    body = {
        "answersheet_id": sheet,
        "question_id": question_id,
        "question_title": title or TITLES[question_id],
        "answer": text,
    }
    return row("answers", id_, body)


ALL_USERS = [user(id_) for id_ in USERS]
