"""news: ordered by date; they go with their module."""

from sqlalchemy import BigInteger
from sqlalchemy.orm import Mapped, mapped_column

from ...engine.resource import Resource
from ...namespaces.database import Row, db, to_one
from ...schemas.course.news import NewsSchema


class News(Row, db.Model):
    __tablename__ = "news"

    title: Mapped[str]
    date: Mapped[str]
    date_key: Mapped[int] = mapped_column(BigInteger)
    text: Mapped[str]
    module_id: Mapped[str] = to_one("modules", "CASCADE")


class NewsItems(Resource):
    schema = NewsSchema
    model = News
    order = ("date",)
