"""questions on the wire."""

from ...engine.schema import Choice, Schema, Text, ToOne


class QuestionSchema(Schema):
    title = Text(required=True, min_length=1)
    kind = Choice("text", "radio", "slider", required=True, help="the check-in API's `type`")
    data = Text()
    key = Text()

    form = ToOne("forms", inverse="questions", required=True)

    class Meta(Schema.Meta):
        type_ = "questions"
