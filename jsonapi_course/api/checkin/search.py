"""The search body of the check-in API as the same Query that the JSON:API query string becomes."""

from dataclasses import dataclass, field

from ...engine.query import Condition, Query
from ...engine.schema import Choice, Email, Text
from ...engine.suggest import did_you_mean, listed, shown
from ...errors import Faults, InvalidField
from .faces import internal_id

OPERATORS = {"like": "like", "<": "lt", "<=": "le", ">": "gt", ">=": "ge"}
MAX_LEVELS = 3


@dataclass
class With:
    """What to add to each entity: `relations` {word: (Relation, With)} and computed `extras`."""

    relations: dict = field(default_factory=dict)
    extras: list = field(default_factory=list)


def query_from_search(faces, face, body, only_with=False):
    """(Query, With) of a search body. Raises Faults that name each unknown word and list the known ones."""
    faults = []
    conditions, operands = [], []
    tree = With()
    for name, value in body.items():
        if name == "with":
            _read_with(faces, face, value, tree, faults)
        elif only_with:
            faults.append(
                InvalidField(f"'{name}' narrows a collection; here the body may hold only 'with'.", member=name)
            )
        elif name not in face.searchable:
            faults.append(face.unknown_field(name, face.searchable))
        else:
            _read_condition(face, name, value, conditions, operands, faults)
    if faults:
        raise Faults(faults)
    return Query(type=face.type, conditions=tuple(conditions), operands=tuple(operands)), tree


def _read_condition(face, name, value, conditions, operands, faults):
    if isinstance(value, dict):
        if not value:
            faults.append(InvalidField(f"'{name}' has no operator; there are {listed(OPERATORS)}.", member=name))
        for operator, operand in value.items():
            if operator not in OPERATORS:
                hint, suggestions = did_you_mean(operator, OPERATORS)
                faults.append(
                    InvalidField(
                        f"'{name}' has the unknown operator {shown(operator)}; there are {listed(OPERATORS)}.",
                        member=name,
                        suggestions=suggestions,
                    )
                )
            else:
                _compare(face, name, operator, operand, conditions, operands, faults)
    elif isinstance(value, list):
        faults.append(InvalidField(f"'{name}' cannot be compared with an array.", member=name))
    else:
        _compare(face, name, "=", value, conditions, operands, faults)


def _compare(face, name, operator, value, conditions, operands, faults):
    """Adds the condition `name operator value`, or a fault."""

    def fault(detail):
        faults.append(InvalidField(detail, member=name))

    if name == "id" or name in face.keys:
        path = ("id",) if name == "id" else (face.keys[name].name,)
        if value is None and operator == "=":
            conditions.append(Condition(path, "null"))
        elif operator == "=":
            id_ = internal_id(value)
            if id_ is None:
                fault(f"'{name}' must be an id, not {shown(value)}.")
            else:
                conditions.append(Condition(path, "in"))
                operands.append((id_,))
        elif operator != "like" and type(value) is int:
            conditions.append(Condition(path if name == "id" else (*path, "id"), OPERATORS[operator]))
            operands.append(value)
        else:
            fault(
                f"'{name}' is an id, so '{operator}' cannot compare it with {shown(value)}; use a number, not 'like'."
            )
        return
    path = (face.fields[name],)
    attribute = face.resource.attributes[path[0]]
    if operator == "=" and value is None:
        conditions.append(Condition(path, "null"))
    elif operator == "like":
        if "like" not in attribute.operators or not isinstance(value, str):
            fault(f"'like' compares text with text, so it cannot compare '{name}' with {shown(value)}.")
        else:
            conditions.append(Condition(path, "like"))
            operands.append(value.casefold())
    elif operator != "=" and isinstance(attribute, Text | Choice | Email):
        fault(f"'{name}' is text, so it has no '{operator}'; use a value or 'like'.")
    elif operator != "=" and OPERATORS[operator] not in attribute.operators:
        fault(f"'{name}' is {attribute.rule()}, so it has no '{operator}'; use a value.")
    else:
        try:
            operands.append(_operand(attribute, value))
        except ValueError as error:
            fault(f"'{name}' {error}, not {shown(value)}.")
        else:
            conditions.append(Condition(path, OPERATORS.get(operator, "eq")))


def _operand(attribute, value):
    """A JSON value as the operand of a comparison."""
    if isinstance(value, bool):
        value = "true" if value else "false"
        if attribute.kind != "boolean":
            raise ValueError(f"must be {attribute.rule()}")
    elif isinstance(value, (int, float)):
        if attribute.kind not in ("integer", "number"):
            raise ValueError(f"must be {attribute.rule()}")
        return float(value) if abs(value) >= 2**63 else value
    elif not isinstance(value, str):
        raise ValueError(f"must be {attribute.rule()}")
    return attribute.operand(value)


def _read_with(faces, face, names, tree, faults):
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        faults.append(InvalidField("'with' must be an array of names, such as [\"projects\"].", member="with"))
        return
    for name in names:
        _add_path(faces, face, name.split("."), name, tree, faults)


def _add_path(faces, face, words, whole, tree, faults):
    for at, word in enumerate(words):
        relation = face.relations.get(word) or face.parents.get(word)
        if relation is None and word in face.extras and at == len(words) - 1:
            if word not in tree.extras:
                tree.extras.append(word)
            return
        if relation is None:
            known = [*face.relations, *face.parents, *face.extras]
            hint, suggestions = did_you_mean(word, known)
            faults.append(
                InvalidField(
                    f"'with' has {shown(whole)}, but '{face.type}' has no {shown(word)}; there are {listed(known)}.",
                    member="with",
                    suggestions=suggestions,
                )
            )
            return
        if at == MAX_LEVELS:
            faults.append(InvalidField(f"'with' has {shown(whole)}: at most {MAX_LEVELS} levels.", member="with"))
            return
        tree = tree.relations.setdefault(word, (relation, With()))[1]
        face = faces[relation.target.type]
