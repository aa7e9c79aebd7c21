"""user-competenties: how far a user is (niveau) and wants to get (doel) in a competentie."""

from sqlalchemy.orm import Mapped

from ...engine.resource import Resource
from ...namespaces.database import Stamped, db, to_one
from ...schemas.checkin.user_competenties import UserCompetentieSchema


class UserCompetentie(Stamped, db.Model):
    __tablename__ = "user_competenties"

    niveau: Mapped[int | None]
    doel: Mapped[int | None]
    user_id: Mapped[str] = to_one("users", "CASCADE")
    competentie_id: Mapped[str] = to_one("competenties", "RESTRICT")


class UserCompetenties(Resource):
    schema = UserCompetentieSchema
    model = UserCompetentie
    unique_together = (("user", "competentie"),)
    rights = "records"
    owner = ("user",)
