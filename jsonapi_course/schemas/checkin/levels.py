"""levels on the wire: an axis of the HBO-i model."""

from ...engine.schema import Integer, Schema, Text


class LevelSchema(Schema):
    number = Integer(required=True, minimum=1, maximum=4, unique=True)
    description = Text()

    class Meta(Schema.Meta):
        type_ = "levels"
