"""answers on an answersheet; they keep the question's title as it was asked."""

from sqlalchemy.orm import Mapped

from ...engine.resource import Resource
from ...namespaces.database import Stamped, db, to_one
from ...schemas.checkin.answers import AnswerSchema


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
