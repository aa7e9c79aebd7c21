"""answers on the wire."""

from ...engine.schema import Schema, Text, ToOne


class AnswerSchema(Schema):
    question_title = Text(help="as it was asked at the time")
    answer = Text()

    answersheet = ToOne("answersheets", inverse="answers", required=True)
    question = ToOne("questions")

    class Meta(Schema.Meta):
        type_ = "answers"
