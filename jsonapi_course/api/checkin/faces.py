"""Types in the check-in API's own wire format: rows to plain objects, bodies to Changes, derived from the registry."""

import re

from ...engine import document
from ...engine.findings import Findings
from ...engine.suggest import did_you_mean, listed, shown
from ...errors import InvalidField, MissingMember
from .rights import PERMISSIONS, ROLES

ALIASES = {"matrix-field": "matrix-fields"}
RENAMED = {"kind": "type"}  # JSON:API keeps `type` for itself


class Face:
    """One type. `resource` is what is read (for users their second view), `stored` what is written.

    `fields` is {name: wire name of an attribute}, `keys` {name: to-one Relation} as user_id, `parents` the
    same by the relation's own name, `relations` {word: to-many Relation}.
    """

    def __init__(self, registry, stored):
        self.type = stored.type
        self.stored = stored
        self.resource = registry.views.get(stored.type, stored)
        self.fields = {field_name(name): name for name in self.resource.attributes}
        self.parents = {
            name: relation for name, relation in stored.relationships.items() if not relation.many and _ours(relation)
        }
        self.keys = {f"{field_name(name)}_id": relation for name, relation in self.parents.items()}
        self.relations = {
            name: relation for name, relation in stored.relationships.items() if relation.many and _ours(relation)
        }
        self.extras = self.resource.extras
        self.is_users = self.resource is not stored
        self.secrets = {field_name(name) for name, field in self.resource.attributes.items() if field.secret}

    @property
    def searchable(self):
        """The names that a search body may have beside `with`."""
        return ["id", *self.keys, *(name for name in self.fields if name not in self.secrets)]

    def show(self, row):
        """A row of `resource` as the API shows it."""
        position = self.resource.position
        if self.is_users:
            role = row[position["role"]]
            return {
                "id": public_id(row[0]),
                "name": row[position["name"]],
                "email": row[position["email"]],
                "roles": ROLES[role],
                "permissions": PERMISSIONS[role],
            }
        entity = {"id": public_id(row[0])}
        for name, relation in self.keys.items():
            entity[name] = public_id(row[position[relation.name]])
        for name, wire in self.fields.items():
            entity[name] = self.resource.attributes[wire].to_wire(row[position[wire]])
        return entity

    # --- bodies -------------------------------------------------------------------------------------
    def load(self, body, row=None, parents=None):
        """The Change of the stored resource in a body. `parents` are to-ones that the URL gives, {relation: id}.

        Raises Faults, each with its field as `member`.
        """
        findings = Findings()
        given = {"type": self.type, "attributes": {}, "relationships": {}}
        ids = dict(parents or {})
        for name, value in body.items():
            self._read(name, value, row, given, ids, findings)
        # a key that was sent is not missing; one that is no id has its fault already
        sent = [relation.name for name, relation in self.keys.items() if name in body]
        for name, id_ in ids.items():
            relation = self.parents[name]
            linkage = None if id_ is None else {"type": relation.target.type, "id": id_}
            given["relationships"][name] = {"data": linkage}
        if row is not None:
            given["id"] = row[0]
        change = document.load_object(self.resource, given, findings, row[0] if row else None, "", optional=sent)
        if row is not None:
            change.current = row
        self._name_fields(findings)
        findings.check()
        return self.resource.as_course(change) if self.is_users else change

    def _read(self, name, value, row, given, ids, findings):
        if name in self.fields:
            given["attributes"][self.fields[name]] = value
        elif name in self.keys:
            self._read_key(name, value, row, ids, findings)
        elif name == "id" and row is not None and internal_id(value) == row[0]:
            pass
        elif self.is_users and name in ("roles", "permissions"):
            pass  # what was read and is sent back
        else:
            findings.add(self.unknown_field(name, [*self.fields, *self.keys]))

    def _read_key(self, name, value, row, ids, findings):
        relation = self.keys[name]
        id_ = None if value is None else internal_id(value)
        if value is not None and id_ is None:
            findings.add(InvalidField(f"'{name}' must be an id, not {shown(value)}.", member=name))
        elif row is not None and relation.field.belongs:
            if id_ != row[self.resource.position[relation.name]]:
                findings.add(InvalidField(f"'{name}' cannot be changed once the row is made.", member=name))
        elif ids.get(relation.name, id_) != id_:
            findings.add(
                InvalidField(f"'{name}' is {shown(value)}, but the URL says '{ids[relation.name]}'.", member=name)
            )
        else:
            ids[relation.name] = id_

    def unknown_field(self, name, known):
        hint, suggestions = did_you_mean(name, known)
        if name in self.relations:
            hint = f"; it is a relation: /{self.type}/<id>/{name} is its place."
        return InvalidField(
            f"'{self.type}' has no field {shown(name)}, but {listed(known)}{hint or '.'}",
            member=name,
            suggestions=suggestions,
        )

    def _name_fields(self, findings):
        """Gives every fault of the engine the field's name here, in its member and in its sentence."""
        for fault in findings.faults:
            name_fields(self, fault)


def name_fields(face, fault):
    """A fault of the engine in the check-in API's words: 'mood-score' is mood_score here, 'user' is user_id."""
    if isinstance(fault, InvalidField):
        return
    wire = fault.member or (fault.pointer or "").rpartition("/")[2]
    names = {wire_name: name for name, wire_name in face.fields.items()}
    names |= {relation.name: name for name, relation in face.keys.items()}
    if isinstance(fault, MissingMember) and wire in names:
        fault.detail = f"'{names[wire]}' is required and is missing."
    for wire_name, name in names.items():
        fault.detail = fault.detail.replace(f"'{wire_name}'", f"'{name}'")
    fault.member = names.get(wire, wire if wire in face.fields else None)


def field_name(wire):
    return RENAMED.get(wire, wire.replace("-", "_"))


def public_id(id_):
    """Ids are JSON numbers where they are decimal."""
    return int(id_) if id_ is not None and re.fullmatch("0|[1-9][0-9]{0,14}", id_) else id_


def internal_id(value):
    """The id that a number or text in a body names, or None where it can name none."""
    if type(value) is int:
        return str(value)
    return value if isinstance(value, str) and value else None


def _ours(relation):
    """Relations to the course's types are not the check-in API's."""
    return relation.target.api == "checkin" or relation.target.type in relation.source.registry.views


class Faces:
    """{type: Face} of every type that the check-in API has."""

    def __init__(self, registry):
        self.faces = {
            resource.type: Face(registry, resource)
            for resource in registry
            if resource.api == "checkin" or resource.type in registry.views
        }

    def __getitem__(self, type_):
        return self.faces[type_]

    def get(self, word):
        return self.faces.get(ALIASES.get(word, word))

    def __iter__(self):
        return iter(self.faces.values())
