"""modules: a deleted teacher leaves them without one; students are pairs of their own."""

from sqlalchemy.orm import Mapped

from ...engine.resource import Resource
from ...namespaces.database import Row, db, pairs, to_one
from ...schemas.course.modules import ModuleSchema


class Module(Row, db.Model):
    __tablename__ = "modules"

    code: Mapped[str]
    name: Mapped[str]
    semester: Mapped[str]
    teacher_id: Mapped[str] = to_one("users", "SET NULL", required=False)


class Modules(Resource):
    schema = ModuleSchema
    model = Module
    links = {"students": pairs("module_students", "modules", "users")}
