"""projects on the wire."""

from ...engine.schema import Schema, Text, ToMany


class ProjectSchema(Schema):
    name = Text(required=True, min_length=1)
    description = Text()

    users = ToMany("users", inverse="projects")

    class Meta(Schema.Meta):
        type_ = "projects"
