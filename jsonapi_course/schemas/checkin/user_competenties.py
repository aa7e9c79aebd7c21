"""user-competenties on the wire."""

from ...engine.schema import Integer, Schema, ToOne


class UserCompetentieSchema(Schema):
    niveau = Integer(minimum=0, maximum=4, nullable=True)
    doel = Integer(minimum=0, maximum=4, nullable=True)

    user = ToOne("users", required=True)
    competentie = ToOne("competenties", required=True)

    class Meta(Schema.Meta):
        type_ = "user-competenties"
