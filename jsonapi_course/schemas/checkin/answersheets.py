"""answersheets on the wire."""

from ...engine.schema import Moment, Schema, ToMany, ToOne


class AnswersheetSchema(Schema):
    created_at = Moment()

    user = ToOne("users", required=True)
    form = ToOne("forms", inverse="answersheets", required=True)
    answers = ToMany("answers", inverse="answersheet")

    class Meta(Schema.Meta):
        type_ = "answersheets"
