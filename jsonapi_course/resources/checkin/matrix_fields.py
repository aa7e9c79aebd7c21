"""matrix-fields: where a cube stands at one activity and architecture."""

from sqlalchemy.orm import Mapped

from ...engine.resource import Resource
from ...namespaces.database import Stamped, db, pairs, to_one
from ...schemas.checkin.matrix_fields import MatrixFieldSchema


class MatrixField(Stamped, db.Model):
    __tablename__ = "matrix_fields"

    activity_id: Mapped[str] = to_one("activities", "RESTRICT")
    architecture_id: Mapped[str] = to_one("architectures", "RESTRICT")
    level_id: Mapped[str] = to_one("levels", "RESTRICT")
    cube_id: Mapped[str] = to_one("cubes", "CASCADE")


class MatrixFields(Resource):
    schema = MatrixFieldSchema
    model = MatrixField
    links = {"portfolio-elements": pairs("matrix_field_portfolio_elements", "matrix_fields", "portfolio_elements")}
    unique_together = (("cube", "activity", "architecture"),)
    rights = "work"
    owner = ("cube", "user")
