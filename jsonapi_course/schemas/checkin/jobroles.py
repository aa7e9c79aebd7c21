"""jobroles on the wire."""

from ...engine.schema import Schema, Text, ToMany


class JobroleSchema(Schema):
    name = Text(required=True, min_length=1)

    users = ToMany("users", inverse="jobroles")
    descriptions = ToMany("descriptions", inverse="jobrole")

    class Meta(Schema.Meta):
        type_ = "jobroles"
