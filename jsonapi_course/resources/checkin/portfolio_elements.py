"""portfolio-elements: a user's proofs for matrix-fields."""

from sqlalchemy.orm import Mapped

from ...engine.resource import Resource
from ...namespaces.database import Stamped, db, to_one
from ...schemas.checkin.portfolio_elements import PortfolioElementSchema


class PortfolioElement(Stamped, db.Model):
    __tablename__ = "portfolio_elements"

    title: Mapped[str]
    description: Mapped[str]
    url: Mapped[str]
    user_id: Mapped[str] = to_one("users", "CASCADE")


class PortfolioElements(Resource):
    schema = PortfolioElementSchema
    model = PortfolioElement
    rights = "work"
    owner = ("user",)
