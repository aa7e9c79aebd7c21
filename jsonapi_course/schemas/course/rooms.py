"""rooms on the wire (seed: Room)."""

from ...engine.schema import Schema, Text, ToMany


class RoomSchema(Schema):
    name = Text(required=True, min_length=4)
    address = Text(required=True, min_length=4)
    capacity = Text(help="a string in the seed, not a number")
    features = Text()

    sessions = ToMany("sessions", inverse="room", read_only=True)

    class Meta(Schema.Meta):
        type_ = "rooms"
