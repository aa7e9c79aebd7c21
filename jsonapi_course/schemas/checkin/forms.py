"""forms on the wire."""

from ...engine.schema import Boolean, Schema, Text, ToMany


class FormSchema(Schema):
    title = Text(required=True, min_length=1)
    active = Boolean(default=True)

    questions = ToMany("questions", inverse="form")
    answersheets = ToMany("answersheets", inverse="form")

    class Meta(Schema.Meta):
        type_ = "forms"
