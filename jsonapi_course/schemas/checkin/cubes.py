"""cubes on the wire."""

from ...engine.schema import Schema, Text, ToMany, ToOne


class CubeSchema(Schema):
    name = Text(required=True, min_length=1)
    description = Text()

    user = ToOne("users", inverse="cubes", required=True)
    matrix_fields = ToMany("matrix-fields", inverse="cube")

    class Meta(Schema.Meta):
        type_ = "cubes"
