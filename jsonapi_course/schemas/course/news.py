"""news on the wire (seed: News)."""

from ...engine.schema import DateTime, Schema, Text, ToOne


class NewsSchema(Schema):
    title = Text(required=True, min_length=4)
    date = DateTime(required=True)
    text = Text()

    module = ToOne("modules", inverse="news", required=True)

    class Meta(Schema.Meta):
        type_ = "news"
