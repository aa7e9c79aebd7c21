"""forms: 1 is the daily, 2 the weekly one; questions and answersheets go with a form."""

from sqlalchemy.orm import Mapped

from ...engine.resource import Resource
from ...namespaces.database import Stamped, db
from ...schemas.checkin.forms import FormSchema


class Form(Stamped, db.Model):
    __tablename__ = "forms"

    title: Mapped[str]
    active: Mapped[bool]


class Forms(Resource):
    schema = FormSchema
    model = Form
    rights = "reference"
    reference_rows = (({"title": "daily"}, {}), ({"title": "weekly"}, {}))
