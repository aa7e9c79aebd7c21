"""portfolio-elements on the wire."""

from ...engine.schema import Schema, Text, ToMany, ToOne


class PortfolioElementSchema(Schema):
    title = Text(required=True, min_length=1)
    description = Text()
    url = Text()

    user = ToOne("users", inverse="portfolio-elements", required=True)
    matrix_fields = ToMany("matrix-fields", inverse="portfolio-elements")

    class Meta(Schema.Meta):
        type_ = "portfolio-elements"
