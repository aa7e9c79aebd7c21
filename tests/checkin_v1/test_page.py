"""docs/checkin-v1.md names every call of the table, as the table has it (its examples are run by tests/test_docs.py)."""

from jsonapi_course.api.checkin.v1.table import CALLS

from ..test_docs import table_under


def cells(row):
    """A row of the page's table."""
    fields = ", ".join(f"`{name}`" for name in row.required)
    does = row.does.replace("|", "\\|")
    return [f"`{row.path}`", " ".join(row.methods), ", ".join(row.who), fields, does]


def test_the_table_of_the_page_is_the_table():
    rows = sorted((cells(row) for row in CALLS), key=lambda cells: cells[0].lower())
    assert table_under("docs/checkin-v1.md", "The calls") == rows
