"""architectures on the wire: an axis of the HBO-i model."""

from ...engine.schema import Schema, Text


class ArchitectureSchema(Schema):
    name = Text(required=True, min_length=1)
    description = Text()

    class Meta(Schema.Meta):
        type_ = "architectures"
