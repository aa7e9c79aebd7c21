"""users as the check-in API sends them; the course's face of the same rows is schemas/course/users.py."""

from ...engine.schema import Choice, Email, Schema, Secret, Text


class Name(Text):
    """Without the spaces around it: what stands before its first space is the first-name, which is never empty."""

    def _deserialize(self, value, attr, data, **kwargs):
        return super()._deserialize(value.strip() if isinstance(value, str) else value, attr, data, **kwargs)


class Role(Choice):
    absent = "student"


class CheckinUserSchema(Schema):
    name = Name(required=True, min_length=1, help="first-name and last-name with a space between")
    email = Email(required=True, unique=True)
    password = Secret(required=True)
    role = Role("student", "docent", "admin", help="an admin is a docent with the admin flag")

    class Meta(Schema.Meta):
        type_ = "users"
