"""competenties on the wire."""

from ...engine.schema import Schema, Text


class CompetentieSchema(Schema):
    name = Text(required=True, min_length=1)

    class Meta(Schema.Meta):
        type_ = "competenties"
