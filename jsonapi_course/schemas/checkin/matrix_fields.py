"""matrix-fields on the wire."""

from ...engine.schema import Schema, ToMany, ToOne


class MatrixFieldSchema(Schema):
    activity = ToOne("activities", required=True, belongs=False)
    architecture = ToOne("architectures", required=True, belongs=False)
    level = ToOne("levels", required=True, belongs=False)
    cube = ToOne("cubes", inverse="matrix-fields", required=True)
    portfolio_elements = ToMany("portfolio-elements", inverse="matrix-fields")

    class Meta(Schema.Meta):
        type_ = "matrix-fields"
