"""notifications on the wire."""

from ...engine.schema import Schema, Text, ToOne


class NotificationSchema(Schema):
    kind = Text(required=True, min_length=1, help="the check-in API's `type`, a name that JSON:API keeps for itself")
    data = Text()

    user = ToOne("users", inverse="notifications", required=True)

    class Meta(Schema.Meta):
        type_ = "notifications"
