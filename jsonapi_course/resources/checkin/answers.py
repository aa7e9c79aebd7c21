"""answers on an answersheet; they keep the question's title as it was asked.

An answersheet of a form such as the daily one can be a check-in (V1's postFormApi): then the answers to questions
with a key are the check-in's fields, and whichever is changed on whichever face, the other follows.
"""

import re

from marshmallow import ValidationError
from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Mapped

from ...engine import reader, writer
from ...engine.document import Change
from ...engine.findings import Findings
from ...engine.resource import Resource
from ...engine.session import Statement
from ...errors import NotUnique, RelationshipRefused
from ...namespaces.database import Stamped, db, to_one
from ...schemas.checkin.answers import AnswerSchema
from .questions import Question


class Answer(Stamped, db.Model):
    __tablename__ = "answers"

    question_title: Mapped[str]
    answer: Mapped[str]
    answersheet_id: Mapped[str] = to_one("answersheets", "CASCADE")
    question_id: Mapped[str | None] = to_one("questions", "SET NULL", required=False)


class Answers(Resource):
    schema = AnswerSchema
    model = Answer
    rights = "records"
    owner = ("answersheet", "user")

    def check(self, session, change, findings):
        """An answer that is a field of a check-in has a value of that field, once, and stays where it is."""
        if not change.creating and self._moved(session, change):
            findings.add(
                RelationshipRefused(
                    f"Answer '{change.id}' would come to, or leave, an answersheet that is a check-in: its answers keep "
                    "their answersheet and question; change the text, or delete the answer and make another.",
                    pointer=change.pointer,
                )
            )
            return
        checkin, name = self._field(session, change.value("answersheet"), change.value("question"))
        if name is None:
            return
        other = checkin.kind.answers_of(session, change.value("answersheet")).get(_key(name))
        if other and other[0] != change.id:
            findings.add(
                NotUnique(
                    f"The {_key(name)} of {checkin} is answer '{other[0]}' already: change that one.",
                    pointer=change.at("question"),
                )
            )
        findings.faults += checkin.kind.read({_key(name): change.value("answer") or ""}, change.at("answer"))[1]

    def _moved(self, session, change):
        """Whether the change takes an answer from or to an answersheet that is a check-in, or to another question."""
        position = self.position
        before = change.current[position["answersheet"]], change.current[position["question"]]
        after = change.value("answersheet"), change.value("question")
        return before != after and any(checkin_of(session, self.registry, sheet) for sheet in (before[0], after[0]))

    def _field(self, session, sheet, question):
        """(Checkin, name of its attribute) that the answer to a question on a sheet is, or (None, None)."""
        checkin = checkin_of(session, self.registry, sheet)
        key = session.scalar(_key_of, question=question) if checkin and question else None
        return (checkin, checkin.kind.keys[key]) if key and key in checkin.kind.keys else (None, None)

    def written(self, session, change):
        """The check-in says what the answer says."""
        checkin, name = self._field(session, change.value("answersheet"), change.value("question"))
        if name is not None:
            values, _ = checkin.kind.read({_key(name): change.value("answer") or ""})
            checkin.set(session, {name: values[name]})

    def removing(self, session, row):
        """A check-in's field goes back to what it is without an answer; without a required one it is none any more."""
        checkin, name = self._field(session, row[self.position["answersheet"]], row[self.position["question"]])
        if name is None:
            return
        attribute = checkin.kind.attributes[name]
        if attribute.required:
            checkin.kind.end(session, checkin.id)
        else:
            checkin.set(session, {name: attribute.absent})


class FormCheckin:
    """What the type of a check-in has beside a Resource: an answersheet of the form `form` can be its row.

    The column `answersheet_id` (SheetColumn) says which; the row goes with the answersheet by its foreign key.
    """

    form = None
    internal = {"answersheet_id": None}

    @property
    def keys(self):
        """{key of a question: name of the attribute that its answer is}"""
        return {_key(name): name for name in self.attributes if name != "date"}

    def read(self, texts, pointer=""):
        """({attribute: value}, [faults]) of answers' {key: text}; a number without a text is none."""
        values, faults = {}, []
        for key, name in self.keys.items():
            if key not in texts:
                continue
            attribute, text = self.attributes[name], texts[key]
            try:
                values[name] = attribute.deserialize(_number(text) if attribute.kind in ("integer", "number") else text)
            except ValidationError as error:
                for fault in error.messages:
                    fault.pointer = pointer or f"/data/attributes/{name}"
                    fault.detail = fault.detail.replace(f"'{name}'", f"'{key}'")
                    faults.append(fault)
        return values, faults

    def answers_of(self, session, sheet):
        """{key: (id, text)} of the answers on a sheet that are fields."""
        rows = session.rows(_keyed, sheet=sheet)
        return {key: (id_, text) for id_, key, text in rows if key in self.keys}

    def written(self, session, change):
        """The answers say what the check-in says, and its answersheet is the same user's."""
        sheet = None if change.creating else session.scalar(self._sheet, id=change.id)
        if sheet is None:
            return
        answers = self.registry[AnswerSchema.Meta.type_]
        held = self.answers_of(session, sheet)
        for key, name in self.keys.items():
            if name in change.attributes:
                self._answer(session, answers, sheet, key, change.attributes[name], held.get(key))
        if "user" in change.relationships:
            _move(session, answers.relationships["answersheet"].target, sheet, change.relationships["user"])

    def _answer(self, session, answers, sheet, key, value, held):
        """Writes one field into its answer, where that says something else; makes an answer where there is none."""
        text = "" if value is None else str(value)
        if held:
            values, _ = self.read({key: held[1]})
            if values.get(self.keys[key], ...) != value:
                current = reader.find_one(session, answers, held[0]).primary[0]
                writer.modify(session, Change(answers, held[0], False, {"answer": text}, current=current), Findings())
        elif text and (question := session.row(_question, form=self.form, key=key)):
            attributes = {"question-title": question[1], "answer": text}
            linkage = {"answersheet": sheet, "question": question[0]}
            writer.create(session, Change(answers, None, True, attributes, linkage), Findings())

    def removing(self, session, row):
        """The answersheet goes, too, with its answers."""
        sheet = session.scalar(self._sheet, id=row[0])
        if sheet is not None:
            sheets = self.registry[AnswerSchema.Meta.type_].relationships["answersheet"].target
            writer.remove(session, sheets, reader.find_one(session, sheets, sheet).primary[0])

    def of_sheet(self, session, sheet):
        """The id of the row that the answersheet is, or None."""
        return session.scalar(self._of_sheet, sheet=sheet)

    def end(self, session, id_):
        """Deletes a row and leaves its answersheet, which is no check-in any more."""
        self.tie(session, id_, None)
        writer.remove(session, self, reader.find_one(session, self, id_).primary[0])

    def tie(self, session, id_, sheet):
        """Makes a row the answersheet's, or nobody's."""
        session.run(self._tie, id=id_, sheet=sheet)

    def __init__(self, *args):
        super().__init__(*args)
        table = self.table
        self._sheet = Statement(select(table.c.answersheet_id).where(table.c.id == bindparam("id")))
        self._of_sheet = Statement(select(table.c.id).where(table.c.answersheet_id == bindparam("sheet")))
        tied = update(table).where(table.c.id == bindparam("id")).values(answersheet_id=bindparam("sheet"))
        self._tie = Statement(tied)


class SheetColumn:
    """The column of a check-in's model that says which answersheet it is."""

    answersheet_id: Mapped[str | None] = to_one("answersheets", "CASCADE", required=False)


class Checkin:
    """The row of a FormCheckin, `kind`, that an answersheet is."""

    def __init__(self, kind, id_):
        self.kind = kind
        self.id = id_

    def __str__(self):
        return f"the {self.kind.type[:-1]} '{self.id}'"

    def set(self, session, values, user=None):
        """Changes what differs, by the check-in's own rules. Raises Faults."""
        current = reader.find_one(session, self.kind, self.id).primary[0]
        position = self.kind.position
        differing = {name: value for name, value in values.items() if current[position[name]] != value}
        moved = {"user": user} if user not in (None, current[position["user"]]) else {}
        if differing or moved:
            change = Change(self.kind, self.id, False, differing, moved, current=current)
            writer.modify(session, change, Findings())


def checkin_of(session, registry, sheet):
    """The Checkin that an answersheet is, or None."""
    for kind in registry:
        if isinstance(kind, FormCheckin) and (id_ := kind.of_sheet(session, sheet)) is not None:
            return Checkin(kind, id_)
    return None


def _move(session, sheets, id_, user):
    current = reader.find_one(session, sheets, id_).primary[0]
    if current[sheets.position["user"]] != user:
        change = Change(sheets, id_, False, relationships={"user": user}, current=current)
        writer.modify(session, change, Findings())


def _key(name):
    return name.replace("-", "_")


def _number(text):
    """The number that a text is; None for no text, else the text itself."""
    text = text.strip()
    if not text:
        return None
    number = re.fullmatch(r"[+-]?[0-9]{1,15}(\.[0-9]{1,15})?", text, re.ASCII)
    return (float(text) if number[1] else int(text)) if number else text


_key_of = Statement(select(Question.key).where(Question.id == bindparam("question")))
_question = Statement(
    select(Question.id, Question.title)
    .where(Question.form_id == bindparam("form"), Question.key == bindparam("key"))
    .order_by(Question.seq)
)
_keyed = Statement(
    select(Answer.id, Question.key, Answer.answer)
    .join_from(Answer, Question, Question.id == Answer.question_id)
    .where(Answer.answersheet_id == bindparam("sheet"))
    .order_by(Answer.seq)
)
