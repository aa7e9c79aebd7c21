"""users on the wire (seed: User)."""

from ...engine.schema import Choice, Email, Schema, Secret, Text, ToMany


class UserSchema(Schema):
    email = Email(required=True, unique=True, help="kept as sent, compared without regard to case")
    password = Secret(required=True, help="write-only; checked by ?email=…&password=…")
    first_name = Text(required=True, min_length=1)
    last_name = Text(required=True, min_length=1, may_read_empty=True, help="empty where the check-in API made it so")
    role = Choice("teacher", "student", required=True)

    teaches = ToMany("modules", inverse="teacher", help="only for teachers")
    takes = ToMany("modules", inverse="students", help="only for students")

    class Meta(Schema.Meta):
        type_ = "users"
