"""docs/checkin.md says what the code does: its role matrix, entities, calls and computed words (tests/test_docs.py runs its
examples)."""

import re

from jsonapi_course.api.checkin.faces import Faces
from jsonapi_course.api.checkin.rights import RIGHTS
from jsonapi_course.config import load_settings
from jsonapi_course.resources import load_registry

from ..test_docs import table_under
from .checkin import BELONGS_TO_MANY, HAS_MANY, TABLE

PAGE = "docs/checkin.md"
FACES = Faces(load_registry(load_settings()))


def names(cell):
    return re.findall(r"`([\w-]+)`", cell)


def cell_of(row, role):
    """A cell of the service's matrix in the page's words."""
    whose = {"own": "own", "students": "students'", "all": "all"}
    return "; ".join(f"{whose[key]}: {', '.join(actions.split())}" for key, actions in RIGHTS[row][role].items())


def test_the_role_matrix_is_the_services():
    types = {row: {face.type for face in FACES if face.resource.rights == row} for row in RIGHTS}
    linked = {row: {face.type for face in FACES if face.resource.link_rights == row} for row in RIGHTS}
    rows = {}
    for rows_named, *cells in table_under(PAGE, "Who may do what"):
        among = linked if "linked" in rows_named else types
        [row] = [row for row, found in among.items() if found == {*names(rows_named)}]
        rows[row] = cells
    assert rows == {row: [cell_of(row, role) for role in ("student", "docent", "admin")] for row in RIGHTS}


def test_the_entities_are_those_of_the_contract():
    users = {"name": True, "email": True, "password": True, "role": False}
    expected = []
    for type_, row in TABLE.items():
        fields = users if type_ == "users" else {name: kind.required for name, kind in row.fields.items()}
        keys = {key: required for key, (_, _, required) in row.parents.items()}
        kinds = [
            {name for name, (_, kind) in row.many.items() if kind == wanted} for wanted in (HAS_MANY, BELONGS_TO_MANY)
        ]
        expected.append((type_, fields, keys, *kinds))
    found = []
    for entity, fields, keys, *relations in table_under(PAGE, "Entities and relations"):
        [type_] = names(entity)
        stars = [{name: bool(star) for name, star in re.findall(r"`(\w+)`(\\\*)?", cell)} for cell in (fields, keys)]
        found.append((type_, *stars, *({*names(cell)} for cell in relations)))
    assert sorted(found, key=str) == sorted(expected, key=str)


def test_the_computed_words_are_those_of_the_code():
    rows = [(names(of)[0], names(word)[0]) for of, word, _ in table_under(PAGE, "Computed words")]
    assert sorted(rows) == sorted((face.type, word) for face in FACES for word in face.extras)
