"""sessions on the wire (seed: Session)."""

from ...engine.schema import DateTime, Schema, Text, ToOne


class SessionSchema(Schema):
    title = Text(required=True, min_length=4)
    date = DateTime(required=True)
    keywords = Text()

    module = ToOne("modules", inverse="sessions", required=True)
    room = ToOne("rooms", inverse="sessions", required=True)

    class Meta(Schema.Meta):
        type_ = "sessions"
