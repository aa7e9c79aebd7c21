"""Toy types for tests of the protocol: articles, people, comments, tags, accounts. They know nothing of the course."""

from sqlalchemy import BigInteger
from sqlalchemy.orm import Mapped, mapped_column

from jsonapi_course.engine.resource import Registry, Resource
from jsonapi_course.engine.schema import Choice, DateTime, Email, Integer, Schema, Secret, Text, ToMany, ToOne
from jsonapi_course.namespaces.database import Row, db, pairs, to_one


class ArticleSchema(Schema):
    title = Text(required=True, min_length=2)
    body = Text()
    written = DateTime()
    word_count = Integer(minimum=0, maximum=1000000, nullable=True)
    state = Choice("draft", "published")

    author = ToOne("people", inverse="articles")
    comments = ToMany("comments", inverse="article")
    tags = ToMany("tags", inverse="articles")

    class Meta(Schema.Meta):
        type_ = "articles"


class PersonSchema(Schema):
    name = Text(required=True, min_length=1)

    articles = ToMany("articles", inverse="author")
    comments = ToMany("comments", inverse="author", read_only=True)
    best_friend = ToOne("people")

    class Meta(Schema.Meta):
        type_ = "people"


class CommentSchema(Schema):
    text = Text(required=True, min_length=1)

    article = ToOne("articles", inverse="comments", required=True)
    author = ToOne("people", inverse="comments")

    class Meta(Schema.Meta):
        type_ = "comments"


class TagSchema(Schema):
    label = Text(required=True, min_length=1)

    articles = ToMany("articles", inverse="tags")

    class Meta(Schema.Meta):
        type_ = "tags"


class AccountSchema(Schema):
    email = Email(required=True, unique=True)
    password = Secret()

    class Meta(Schema.Meta):
        type_ = "accounts"


class Article(Row, db.Model):
    __tablename__ = "toy_articles"

    title: Mapped[str]
    body: Mapped[str]
    written: Mapped[str]
    written_key: Mapped[int | None] = mapped_column(BigInteger)
    word_count: Mapped[int | None]
    state: Mapped[str]
    author_id: Mapped[str | None] = to_one("toy_people", "SET NULL", required=False)


class Person(Row, db.Model):
    __tablename__ = "toy_people"

    name: Mapped[str]
    best_friend_id: Mapped[str | None] = to_one("toy_people", "SET NULL", required=False)


class Comment(Row, db.Model):
    __tablename__ = "toy_comments"

    text: Mapped[str]
    article_id: Mapped[str] = to_one("toy_articles", "CASCADE")
    author_id: Mapped[str | None] = to_one("toy_people", "SET NULL", required=False)


class Tag(Row, db.Model):
    __tablename__ = "toy_tags"

    label: Mapped[str]


class Account(Row, db.Model):
    __tablename__ = "toy_accounts"

    email: Mapped[str]
    email_key: Mapped[str] = mapped_column(unique=True)
    password_hash: Mapped[str | None]


class Articles(Resource):
    schema = ArticleSchema
    model = Article
    links = {"tags": pairs("toy_article_tags", "toy_articles", "toy_tags")}


class People(Resource):
    schema = PersonSchema
    model = Person


class Comments(Resource):
    schema = CommentSchema
    model = Comment


class Tags(Resource):
    schema = TagSchema
    model = Tag


class Accounts(Resource):
    schema = AccountSchema
    model = Account


def load_toys(settings):
    return Registry([Articles, People, Comments, Tags, Accounts], settings)
