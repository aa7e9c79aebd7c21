"""questions of a form; their keys name the fields of a check-in."""

from sqlalchemy.orm import Mapped

from ...engine.resource import Resource
from ...namespaces.database import Stamped, db, to_one
from ...schemas.checkin.questions import QuestionSchema


class Question(Stamped, db.Model):
    __tablename__ = "questions"

    title: Mapped[str]
    kind: Mapped[str]
    data: Mapped[str]
    key: Mapped[str]
    form_id: Mapped[str] = to_one("forms", "CASCADE")


class Questions(Resource):
    schema = QuestionSchema
    model = Question
    rights = "reference"
    reference_rows = tuple(
        ({"title": title, "kind": kind, "data": data, "key": key}, {"form": form})
        for form, key, kind, data, title in (
            ("1", "mood_score", "slider", "1-5", "How do you feel today?"),
            ("1", "mood_description", "text", "", "Why do you feel so?"),
            ("1", "hours_worked", "slider", "0-24", "How many hours did you work?"),
            ("1", "problems", "text", "", "Which problems did you meet?"),
            ("1", "comment", "text", "", "Anything else?"),
            ("2", "went_well", "text", "", "What went well this week?"),
            ("2", "could_be_better", "text", "", "What could be better?"),
            ("2", "goals", "text", "", "What are your goals for next week?"),
        )
    )
