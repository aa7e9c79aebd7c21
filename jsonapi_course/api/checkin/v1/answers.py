"""V1: forms, their questions, answersheets and answers. An answersheet of form 1 or 2 can be a check-in."""

from ....engine.suggest import listed
from ....errors import InvalidField, UnknownResource
from ..faces import public_id
from .fields import check
from .rows import change, create, delete, faults_of, find, month, row_of, show, show_all, show_one, span, value
from .table import v1

READERS = "self, docent, admin"
DAILY, WEEKLY = "1", "2"


# --- writing ----------------------------------------------------------------------------------------
@v1(
    "postFormApi",
    "POST",
    "self, admin",
    required={
        "user_id": "users",
        "form_id": "forms",
        "questions_array": "list",
        "questions_text": "list",
        "array_answers": "answers by question",
    },
    answers=201,
)
@v1(
    "saveFormAnswers",
    "POST",
    "self, admin",
    required={"user_id": "users", "form_id": "forms", "array_answers": "answers by question"},
    answers=201,
)
def save_answers(call, user_id, form_id, array_answers, questions_array=(), questions_text=()):
    """Stores an answersheet with its answers. One of form 1 that holds mood_score and hours_worked is that day's daily
    check-in, one of form 2 that week's weekly one."""
    sheet = create(call, "answersheets", {"user_id": user_id, "form_id": form_id})
    fill(call, sheet, form_id, array_answers, "questions_array", questions_array, questions_text)
    return show_sheet(call, sheet)


_EDITED = {"id": "answersheets", "question_array": "list", "question_text": "list"}


@v1(
    "updateAnswer",
    "POST",
    "self, admin",
    required={**_EDITED, "array_answers": "answers by question"},
    aliases={"array_answers": "question_answers"},
)
@v1(
    "editAnswer",
    "POST",
    "self, admin",
    required={**_EDITED, "question_answers": "answers by question"},
    aliases={"question_answers": "array_answers"},
)
def edit_answers(call, id, question_array, question_text, array_answers=None, question_answers=None):
    """Replaces the answers of an answersheet; its check-in follows."""
    [row] = find(call, "answersheets", ("id", "is", id))
    answers = array_answers if question_answers is None else question_answers
    fill(call, id, value(call, "answersheets", row, "form"), answers, "question_array", question_array, question_text)
    return show_sheet(call, id)


@v1("deleteAnswer/{id:answersheets}", "POST", "owner, admin", answers=204)
def delete_answers(call, id):
    """Deletes an answersheet with its answers and its check-in."""
    delete(call, "answersheets", id)


def fill(call, sheet, form, given, asked_field, asked, titles):
    """Gives a sheet the answers `given`, by the questions `asked` or all of the form. Raises Faults of 400."""
    sheets = call.faces["answersheets"].stored
    daily_or_weekly = call.faces["daily-checkins" if form == DAILY else "weekly-checkins"]
    answers = matched(call, form, given, asked_field, asked, titles)
    with faults_of(daily_or_weekly):
        sheets.fill(call.session, sheet, answers)


def matched(call, form, given, asked_field, asked, titles):
    """[(question's id or None, title, text)] of answers by question ids, keys or titles, or in the order of questions."""
    questions = {row[0]: row for row in find(call, "questions", ("form", "is", form))}
    unknown = [id_ for id_ in asked if id_ not in questions]
    if unknown:
        check(
            [
                _fault(
                    asked_field, f"{listed(unknown)} are no questions of form '{form}'; there are {listed(questions)}."
                )
            ]
        )
    if isinstance(given, list):
        order = list(asked or questions)
        if len(given) > len(order):
            check([_fault("array_answers", f"There are {len(given)} answers, but only {len(order)} questions.")])
        given = list(zip(order, given, strict=False))
    else:
        given = list(given.items())
    as_asked = dict(zip(asked, titles, strict=False))
    names = {}
    for id_, row in questions.items():
        for name in (id_, value(call, "questions", row, "key"), value(call, "questions", row, "title")):
            names.setdefault(name, id_)
    names |= {id_: id_ for id_ in questions}
    answers = [(names.get(name) if name else None, name, text) for name, text in given]
    twice = [id_ for id_ in questions if [question for question, _, _ in answers].count(id_) > 1]
    if twice:
        check([_fault("array_answers", f"Question {listed(twice)} is answered more than once.")])
    return [
        (id_, (as_asked.get(id_) or value(call, "questions", questions[id_], "title")) if id_ else name, text)
        for id_, name, text in answers
    ]


def _fault(field, detail):
    return InvalidField(detail, member=field)


# --- answersheets -----------------------------------------------------------------------------------
def show_sheets(call, rows):
    """Answersheets, each with its answers."""
    sheets = show(call, "answersheets", rows)
    answers = show_all(call, "answers", ("answersheet", "in", tuple(row[0] for row in rows)))
    by_sheet = {sheet["id"]: [] for sheet in sheets}
    for answer in answers:
        by_sheet[answer["answersheet_id"]].append(answer)
    return [{**sheet, "answers": by_sheet[sheet["id"]]} for sheet in sheets]


def show_sheet(call, id_):
    return show_sheets(call, find(call, "answersheets", ("id", "is", id_)))[0]


def submitted(call, user, first, last, *conditions):
    """The answersheets that the user submitted between two moments, the oldest first."""
    by_user = ("user", "is", user)
    return find(call, "answersheets", by_user, *span(call, first, last), *conditions, sort=("created-at",))


@v1("getUserFormsRecent/{user_id:users}", "GET", READERS)
def latest_sheet(call, user_id):
    """The user's latest answersheet with its answers; 404 if there is none."""
    rows = find(call, "answersheets", ("user", "is", user_id), sort=("created-at",))
    if not rows:
        raise UnknownResource(f"User '{user_id}' has no answersheet.")
    return show_sheets(call, rows[-1:])[0]


@v1("getDailyWeekBetween/{user_id:users}/{from:date}/{to:date}", "GET", READERS)
def sheets_between(call, user_id, **dates):
    """The answersheets that the user submitted between two dates, both included."""
    return show_sheets(call, submitted(call, user_id, dates["from"], dates["to"]))


@v1("getUserFormsMonth/{user_id:users}", "GET", READERS)
def sheets_of_month(call, user_id):
    """The answersheets that the user submitted in the current month."""
    return show_sheets(call, submitted(call, user_id, *month(call)))


@v1("getDailyCreatedAtBetweenUser/{from:moment}/{to:moment}/{user_id:users}", "GET", READERS)
def created_between(call, user_id, **moments):
    """When the user submitted daily forms between two dates, both included: `[created_at, …]`."""
    return submission_times(call, user_id, DAILY, moments["from"], moments["to"])


@v1(
    "getDailyCreatedAtBetweenUser",
    "GET POST",
    READERS,
    required={"user_id": "users", "form_id": "forms", "date1": "moment", "date2": "moment"},
)
def submission_times(call, user_id, form_id, date1, date2):
    """When the user submitted a form between two moments, both included: `[created_at, …]`."""
    row_of(call, "users", user_id)
    row_of(call, "forms", form_id)
    rows = submitted(call, user_id, date1, date2, ("form", "is", form_id))
    return [sheet["created_at"] for sheet in show(call, "answersheets", rows)]


@v1("getUserAnswersheets/{user_id:users}", "GET", READERS)
def sheet_ids(call, user_id):
    """The ids of the user's answersheets: `[id, …]`."""
    return [public_id(row[0]) for row in find(call, "answersheets", ("user", "is", user_id))]


# --- answers ----------------------------------------------------------------------------------------
@v1("getUserForms/{user_id:users}", "GET", READERS)
@v1("getUserAnswers/{user_id:users}", "GET", READERS)
def answers_of_user(call, user_id):
    """All answers of the user."""
    return show_all(call, "answers", ("answersheet.user", "is", user_id))


@v1("getAnswersById/{id:answers}", "GET", "owner, docent, admin")
def one_answer(call, id):
    """One answer."""
    return show_one(call, "answers", id)


@v1("getAnswersByAnswersheet/{id:answersheets}", "GET", "owner, docent, admin")
def answers_of_sheet(call, id):
    """The answers of one answersheet."""
    return show_all(call, "answers", ("answersheet", "is", id))


# --- forms ------------------------------------------------------------------------------------------
@v1("getForm/{id:forms}", "GET", "any")
def form(call, id):
    """A form with its questions: `{"form": {…}, "questions": […]}`."""
    return {"form": show_one(call, "forms", id), "questions": show_all(call, "questions", ("form", "is", id))}


@v1("getDaily", "GET", "any")
def daily_form(call):
    """Form 1 with its questions: `{"form": {…}, "questions": […]}`."""
    return form(call, DAILY)


@v1("getWeekly", "GET", "any")
def weekly_form(call):
    """Form 2 with its questions: `{"form": {…}, "questions": […]}`."""
    return form(call, WEEKLY)


@v1("editQuestion", "POST", "admin", required={"id": "questions", "title": "text", "data": "text"})
def edit_question(call, id, title, data):
    """Changes a question's title and data."""
    return change(call, "questions", id, {"title": title, "data": data})


@v1(
    "createQuestion",
    "POST",
    "admin",
    required={"form_id": "forms", "qdata": "text", "title": "text", "type": "text"},
    answers=201,
)
def create_question(call, form_id, qdata, title, type):
    """Adds a question to a form; type is text, radio or slider, in any case."""
    fields = {"form_id": form_id, "data": qdata, "title": title, "type": type.lower()}
    return show_one(call, "questions", create(call, "questions", fields))
