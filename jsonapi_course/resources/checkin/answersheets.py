"""answersheets: a form filled in by a user; its answers go with it."""

from sqlalchemy import BigInteger
from sqlalchemy.orm import Mapped, mapped_column

from ...engine.resource import Resource
from ...namespaces.database import Stamped, db, to_one
from ...schemas.checkin.answersheets import AnswersheetSchema


class Answersheet(Stamped, db.Model):
    __tablename__ = "answersheets"

    created_at_key: Mapped[int] = mapped_column(BigInteger)
    user_id: Mapped[str] = to_one("users", "CASCADE")
    form_id: Mapped[str] = to_one("forms", "CASCADE")


class Answersheets(Resource):
    schema = AnswersheetSchema
    model = Answersheet
    rights = "records"
    owner = ("user",)
