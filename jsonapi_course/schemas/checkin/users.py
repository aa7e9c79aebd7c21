"""users as the check-in API sends them; the course's face of the same rows is schemas/course/users.py."""

from ...engine.schema import Choice, Email, Schema, Secret, Text


class Role(Choice):
    absent = "student"


class CheckinUserSchema(Schema):
    name = Text(required=True, min_length=1, help="first-name and last-name with a space between")
    email = Email(required=True, unique=True)
    password = Secret(required=True)
    role = Role("student", "docent", "admin", help="an admin is a docent with the admin flag")

    class Meta(Schema.Meta):
        type_ = "users"
