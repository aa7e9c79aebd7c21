"""contents on the wire (seed: Content)."""

from ...engine.schema import Integer, Schema, Text, ToMany, ToOne


class ContentSchema(Schema):
    title = Text(required=True, min_length=4)
    content = Text()
    order = Integer(help="left out: one more than the largest among its siblings")

    module = ToOne("modules", inverse="contents", required=True)
    parent = ToOne("contents", inverse="children", help="none for a top-level content")
    children = ToMany("contents", inverse="parent")

    class Meta(Schema.Meta):
        type_ = "contents"
