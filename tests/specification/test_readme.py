"""The table of statements names tests that exist, and every test file."""

import ast
import re
from pathlib import Path

HERE = Path(__file__).parent
README = (HERE / "README.md").read_text()
FILES = [*HERE.glob("test_*.py"), HERE.parent / "engine" / "test_malformed_bodies.py"]
NAMED = set(re.findall(r"`(test_\w+(?:\.py)?)`", README))


def test_every_test_that_the_table_names_exists():
    tests = {
        node.name
        for file in FILES
        for node in ast.parse(file.read_text()).body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    }
    assert NAMED - tests - {file.name for file in FILES} == set()


def test_the_table_names_every_test_file():
    assert {file.name for file in FILES} - NAMED == set()


def test_every_statement_has_a_test_or_a_reason():
    rows = [
        line for line in README.splitlines() if line.startswith("| ") and not line.startswith(("| ---", "| statement"))
    ]
    assert len(rows) > 100
    assert [row for row in rows if not row.rstrip(" |").split(" | ")[-1].strip()] == []
