"""descriptions on the wire."""

from ...engine.schema import Schema, Text, ToOne


class DescriptionSchema(Schema):
    description = Text(required=True, min_length=1)

    jobrole = ToOne("jobroles", inverse="descriptions", required=True)

    class Meta(Schema.Meta):
        type_ = "descriptions"
