"""The direction of the imports and the place of a type's name, read from the source; a culprit is file:line."""

import ast
from pathlib import Path

import pytest

from .conftest import ROOT

# From the bottom to the top; a module may import its own layer and those before it.
LAYERS = [
    {"errors", "config"},
    {"engine"},
    {"namespaces"},
    {"schemas"},
    {"resources"},
    {"api"},
    {"__init__", "cli", "wsgi"},
]
MAY_KNOW_FLASK = {"__init__", "api", "namespaces"}
PACKAGE = "jsonapi_course"
RELATIONSHIPS = {"ToOne", "ToMany", "to_one", "pairs"}  # the calls that declare one


def culprits(root):
    """Every breach of the rules below `root`, as `file:line what`."""
    files = [root / "wsgi.py", *sorted((root / PACKAGE).rglob("*.py"))]
    types = {(path.parent.name, _type_of(path)) for path in files if _is_type(path.relative_to(root))}
    found = []
    for path in files:
        short = path.relative_to(root)
        tree = ast.parse(path.read_text(), filename=str(short))
        breaches = [*_imports_upwards(short, tree, root), *_flask(short, tree), *_type_names(short, tree, types)]
        found += [f"{short}:{line} {what}" for line, what in sorted(breaches)]
    return found


# --- imports -----------------------------------------------------------------------------------------
def _layer(short):
    """The part of the service that a file belongs to: `engine` for jsonapi_course/engine/query.py."""
    return short.stem if len(short.parts) <= 2 else short.parts[1]


def _rank(layer):
    return next((rank for rank, names in enumerate(LAYERS) if layer in names), None)


def _imports_upwards(short, tree, root):
    own = _rank(_layer(short))
    if own is None:
        yield 1, f"is in no layer: '{_layer(short)}'"
        return
    for line, module in _imported(short, tree):
        parts = module.split(".")
        if parts[0] not in (PACKAGE, "wsgi"):
            continue
        is_own_module = len(parts) > 1 and (
            (root / PACKAGE / parts[1]).is_dir() or (root / PACKAGE / f"{parts[1]}.py").is_file()
        )
        target = parts[1] if is_own_module else "wsgi" if parts[0] == "wsgi" else "__init__"
        rank = _rank(target)
        if rank is None or rank > own:
            yield line, f"'{_layer(short)}' imports '{target}', which is above it"


def _flask(short, tree):
    if _layer(short) not in MAY_KNOW_FLASK:
        for line, module in _imported(short, tree):
            if module.partition(".")[0].partition("_")[0] == "flask":
                yield line, f"'{_layer(short)}' imports {module.partition('.')[0]}"


def _imported(short, tree):
    """(line, absolute name) of each import, those inside functions too; of `from x import y` it is x.y."""
    package = list(short.with_suffix("").parts[:-1])
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            base = [*base, *([node.module] if node.module else [])]
            yield from ((node.lineno, ".".join([*base, alias.name])) for alias in node.names)
        elif isinstance(node, ast.Call) and _name(node.func) in ("import_module", "__import__"):
            yield from ((node.lineno, value.value) for value in node.args if _is_text(value))


# --- names of types ----------------------------------------------------------------------------------
def _is_type(short):
    return short.parts[1:2] == ("resources",) and len(short.parts) == 4 and short.stem != "__init__"


def _type_of(path):
    return path.stem.replace("_", "-")


def _type_names(short, tree, types):
    """A type is named in its own two files and in the relationships of others; `types` are (API, type).

    A face that is made for one API, api/<API>/…, may name the types of that: the calls of V1 are a fixed table.
    """
    api = short.parts[2] if _layer(short) == "api" and len(short.parts) > 3 else None
    foreign = {type_ for _, type_ in types} - {type_ for owner, type_ in types if owner == api}
    in_relationships = set()
    if _layer(short) in ("schemas", "resources"):
        foreign.discard(_type_of(short))
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and _name(node.func) in RELATIONSHIPS:
                in_relationships |= {id(inner) for inner in ast.walk(node)}
            elif isinstance(node, ast.Assign) and [_name(target) for target in node.targets] == ["links"]:
                in_relationships |= {id(key) for key in getattr(node.value, "keys", [])}
    for node in ast.walk(tree):
        if _is_text(node) and node.value in foreign and id(node) not in in_relationships:
            yield node.lineno, f"'{_layer(short)}' names the type '{node.value}'"


def _name(node):
    return getattr(node, "attr", getattr(node, "id", None))


def _is_text(node):
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


# --- the rules, on this checkout ---------------------------------------------------------------------
def test_imports_go_down_only_and_types_are_named_in_their_own_files():
    assert culprits(ROOT) == []


def test_a_type_is_two_files_of_the_same_name():
    def types_in(layer):
        files = (ROOT / PACKAGE / layer).glob("*/*.py")
        return sorted(f"{path.parent.name}/{path.name}" for path in files if path.stem != "__init__")

    assert types_in("schemas") == types_in("resources") != []


def test_a_type_has_the_name_of_its_files():
    for path in (ROOT / PACKAGE / "schemas").glob("*/*.py"):
        declared = [
            node.value.value
            for node in ast.walk(ast.parse(path.read_text()))
            if isinstance(node, ast.Assign) and [_name(target) for target in node.targets] == ["type_"]
        ]
        assert declared == ([] if path.stem == "__init__" else [_type_of(path)]), path.name


# --- control: the checker catches what is planted ----------------------------------------------------
@pytest.fixture
def plant(tmp_path):
    """plant({path: source}) → the culprits of a small clean service with these files in place."""
    clean = {
        "wsgi.py": "from jsonapi_course import create_app",
        "__init__.py": "from flask import Flask\nfrom .api import faces\nfrom .errors import Fault",
        "errors.py": '"""modules and rooms are words here."""',
        "config.py": "import os",
        "engine/__init__.py": "from . import query",
        "engine/query.py": "from ..errors import Fault\nfrom . import reader",
        "namespaces/__init__.py": "import flask_sqlalchemy\nfrom ..engine.query import Query",
        "schemas/course/modules.py": "rooms = ToMany('rooms', inverse='modules')\nclass Meta:\n    type_ = 'modules'",
        "schemas/course/rooms.py": "from ...engine.query import Schema\ntype_ = 'rooms'",
        "resources/course/modules.py": (
            "from ...schemas.course.modules import Modules\nroom_id = to_one('rooms', 'CASCADE')\n"
            "links = {'rooms': pairs('module_rooms', 'modules', 'rooms')}"
        ),
        "resources/course/rooms.py": "from ...namespaces.database import db",
        "resources/study/cubes.py": "from ...engine.query import Query",
        "api/faces.py": "from flask import request\nfrom .. import engine\nfrom ..namespaces import read",
        "api/study/calls.py": "from ...engine.query import Query\nCALLS = [('GET', 'cubes')]",
    }

    def plant(files):
        for name, source in {**clean, **files}.items():
            path = tmp_path / name if name == "wsgi.py" else tmp_path / PACKAGE / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(source)
        return culprits(tmp_path)

    return plant


def test_the_checker_finds_nothing_in_a_clean_service(plant):
    assert plant({}) == []


@pytest.mark.parametrize(
    "path, source, expected",
    [
        ("engine/query.py", "import os\n\nfrom ..api import faces", "3 'engine' imports 'api', which is above it"),
        ("engine/query.py", "from .. import api", "1 'engine' imports 'api', which is above it"),
        ("engine/query.py", "from .. import create_app", "1 'engine' imports '__init__', which is above it"),
        ("engine/query.py", "import jsonapi_course", "1 'engine' imports '__init__', which is above it"),
        ("engine/deep/x.py", "from ...namespaces import y", "1 'engine' imports 'namespaces', which is above it"),
        (
            "engine/query.py",
            "def late():\n    from jsonapi_course.resources.course import rooms",
            "2 'engine' imports 'resources', which is above it",
        ),
        (
            "engine/query.py",
            "import_module('jsonapi_course.schemas')",
            "1 'engine' imports 'schemas', which is above it",
        ),
        ("errors.py", "from .engine import query", "1 'errors' imports 'engine', which is above it"),
        ("namespaces/ids.py", "from ..schemas import x", "1 'namespaces' imports 'schemas', which is above it"),
        (
            "schemas/course/rooms.py",
            "from ...resources.course.rooms import Rooms",
            "1 'schemas' imports 'resources', which is above it",
        ),
        ("resources/course/rooms.py", "from ...api import x", "1 'resources' imports 'api', which is above it"),
        ("api/faces.py", "import wsgi", "1 'api' imports 'wsgi', which is above it"),
        ("helpers.py", "import os", "1 is in no layer: 'helpers'"),
        ("engine/query.py", "from flask import request", "1 'engine' imports flask"),
        ("engine/query.py", "import flask.json", "1 'engine' imports flask"),
        ("resources/course/rooms.py", "import flask_sqlalchemy", "1 'resources' imports flask_sqlalchemy"),
        ("wsgi.py", "import flask", "1 'wsgi' imports flask"),
        ("engine/query.py", "if type_ == 'modules':\n    pass", "1 'engine' names the type 'modules'"),
        ("engine/query.py", "rooms = ToMany('rooms')", "1 'engine' names the type 'rooms'"),
        ("api/faces.py", "x = {'rooms': 1}", "1 'api' names the type 'rooms'"),
        ("api/faces.py", "x = 'cubes'", "1 'api' names the type 'cubes'"),
        ("api/study/calls.py", "x = 'rooms'", "1 'api' names the type 'rooms'"),
        ("namespaces/__init__.py", "path = ['a', 'modules']", "1 'namespaces' names the type 'modules'"),
        ("resources/course/rooms.py", "order = ('modules',)", "1 'resources' names the type 'modules'"),
        ("schemas/course/modules.py", "name = Text('rooms')", "1 'schemas' names the type 'rooms'"),
    ],
)
def test_the_checker_names_the_line_of_a_planted_breach(plant, path, source, expected):
    place = path if path == "wsgi.py" else str(Path(PACKAGE) / path)
    assert plant({path: source}) == [f"{place}:{expected}"]
