"""groups on the wire."""

from ...engine.schema import Schema, Text, ToMany


class GroupSchema(Schema):
    name = Text(required=True, min_length=1)
    description = Text()

    users = ToMany("users", inverse="groups")

    class Meta(Schema.Meta):
        type_ = "groups"
