"""A request's document to a Change: structure, names, linkage, attributes. The only caller of schema.load().

marshmallow-jsonapi 0.24 raises TypeError or AttributeError for about ten malformed documents (null,
data: 1, attributes: [] …) and points missing members to places that do not exist, so the structure is
checked here first and the pointers are ours.
"""

import re
from dataclasses import dataclass, field

from marshmallow import ValidationError

from ..errors import (
    AliasUsed,
    IdCoerced,
    IdConflict,
    InvalidDocument,
    InvalidId,
    InvalidIdentifier,
    InvalidLinkage,
    NullNotAllowed,
    RelationshipRefused,
    TypeConflict,
    UnknownLocalId,
    UnknownMember,
)
from .suggest import did_you_mean, listed, near, shown

ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


@dataclass
class Change:
    """What a request changes in one resource, found right as far as its document tells.

    `id` is that of the resource, or the client's for a new one, or None. `attributes` are values by
    name, `relationships` ids, None or lists of ids. `current` is the row as it is, None for a new one.
    `pointer` is where the resource object stands in the body. `together` are the ids of the same type that
    the same request links to the same resource. `forward` are ids by relationship that the same transaction will
    still make, `lid` is what it calls a new one (atomic operations). `sent_as` has the aliases that the
    request used: {name: alias}.
    """

    resource: object
    id: str | None
    creating: bool
    attributes: dict = field(default_factory=dict)
    relationships: dict = field(default_factory=dict)
    current: tuple | None = None
    pointer: str = "/data"
    together: frozenset = frozenset()
    forward: dict = field(default_factory=dict)
    lid: str | None = None
    internal: dict = field(default_factory=dict)
    defaulted: set = field(default_factory=set)
    sent_as: dict = field(default_factory=dict)

    def value(self, name):
        """An attribute's or to-one's value after the change."""
        if name in self.attributes:
            return self.attributes[name]
        if name in self.relationships:
            return self.relationships[name]
        return self.before(name)

    def before(self, name):
        """An attribute's or to-one's value before the change, None for a new resource."""
        return self.current[self.resource.position[name]] if self.current else None

    def at(self, name):
        """The pointer of an attribute or relationship."""
        group = "relationships" if name in self.resource.relationships else "attributes"
        return f"{self.pointer}/{group}/{self.sent_as.get(name, name)}"


def load_resource(resource, document, findings, id_=None):
    """The Change in the document of a POST, or of a PATCH of the resource `id_`; None where there is none to find.

    All faults go to `findings`: 400 for the structure, 409 for type and id, 422 for content.
    """
    data = _data(document, findings, resource)
    if data is None:
        return None
    return load_object(resource, data, findings, id_, "/data")


def load_object(resource, data, findings, id_, pointer, lids=None, optional=()):
    """The Change in a resource object that stands at `pointer`.

    `lids` are the ids of the resources that the same request makes, by (type, lid); only atomic operations have them.
    `optional` are members that may be missing from a new resource although its type requires them (imports).
    """
    creating = id_ is None
    _check_type(resource, data, findings, pointer)
    given = _check_id(resource, data, findings, id_, pointer, lids)
    change = Change(resource, given if creating else id_, creating, pointer=pointer)
    attributes = _object(data, "attributes", findings, pointer)
    relationships = _object(data, "relationships", findings, pointer)
    _warn_of_strays(resource, data, findings, pointer)
    spared = set(optional)
    if attributes is None:
        spared.update(resource.attributes)
    if relationships is None:
        spared.update(resource.relationships)
    attributes = _known_attributes(resource, attributes or {}, findings, change)
    linkages, spoilt = _known_linkages(resource, relationships or {}, findings, change, lids)
    _load(change, data, attributes, linkages, spared | spoilt, findings)
    return change


def load_linkage(relation, document, findings, pointer="/data", lids=None):
    """The linkage in the document of a relationship's URL: an id, None or a list of ids; `...` where there is none."""
    data = _top_level(document, findings, f'{{"data": {_linkage_example(relation, document)}}}')
    if data is ...:
        return ...
    linkage = _linkage(relation, data, findings, pointer, f"The data of '{relation.name}'", lids)
    if linkage is ...:
        return ...
    if linkage is None:
        return None
    return [identifier["id"] for identifier in linkage] if relation.many else linkage["id"]


# --- structure --------------------------------------------------------------------------------------
def _top_level(document, findings, example):
    """The member `data` of the top-level object, or `...` with a fault."""
    if not isinstance(document, dict):
        findings.add(
            InvalidDocument(
                f"The body must be an object such as {example}, not {shown(document)}.{_stringified(document)}",
                pointer="",
            )
        )
        return ...
    if "data" not in document:
        inside = [name for name in ("type", "id", "attributes", "relationships") if name in document]
        hint = f" The body has {listed(inside)} at the top: put that into data." if inside else ""
        if not inside and document:
            hint = f" The body has {listed(list(document)[:5])} at the top: attributes belong into data.attributes."
        findings.add(InvalidDocument(f"The body has no member 'data'; it must be like {example}.{hint}", pointer=""))
        return ...
    return document["data"]


def _stringified(value):
    """The hint for a text where an object belongs."""
    if isinstance(value, str) and re.match(r"\s*[{\[]", value):
        if value.startswith("[object "):
            return " A JavaScript object was made a text: JSON.stringify(object) writes it as JSON."
        return " It is JSON inside of a JSON string, stringified twice: call JSON.stringify only once (axios does it alone)."
    return ""


def _mended(resource, document):
    """The document that was meant, for a sentence: attributes that stand at the top are named in their place."""
    members = document if isinstance(document, dict) else {}
    given = members.get("attributes")
    names = [name for name in (given if isinstance(given, dict) else members) if name in resource.attributes]
    attributes = ", ".join(f'"{name}": …' for name in names) or "…"
    return f'{{"data": {{"type": "{resource.type}", "attributes": {{{attributes}}}}}}}'


def _data(document, findings, resource):
    data = _top_level(document, findings, _mended(resource, document))
    if data is ...:
        return None
    if not isinstance(data, dict):
        hint = _stringified(data)
        if isinstance(data, list):
            hint = " Take the square brackets away; several resources are several requests."
        findings.add(
            InvalidDocument(
                f"data must be one resource object, not {shown(data)}: write {_mended(resource, None)}.{hint}",
                pointer="/data",
            )
        )
        return None
    return data


def _object(data, name, findings, pointer):
    """The member `attributes` or `relationships`, {} where there is none, None with a fault."""
    value = data.get(name, {})
    if not isinstance(value, dict):
        findings.add(
            InvalidDocument(
                f'{name} must be an object of names and values, not {shown(value)}: write "{name}": {{…}} or leave it out.',
                pointer=f"{pointer}/{name}",
            )
        )
        return None
    return value


def _check_type(resource, data, findings, pointer):
    if "type" not in data:
        findings.add(
            InvalidDocument(
                f'data has no member \'type\'; add "type": "{resource.type}".', pointer=pointer, member="type"
            )
        )
    elif not isinstance(data["type"], str):
        findings.add(
            InvalidDocument(
                f'type must be a string, not {shown(data["type"])}: write "type": "{resource.type}".',
                pointer=f"{pointer}/type",
            )
        )
    elif data["type"] != resource.type:
        findings.add(
            TypeConflict(
                f"The type here must be '{resource.type}', not {shown(data['type'])}{_other_type(resource, data['type'])}.",
                pointer=f"{pointer}/type",
                suggestions=[resource.type],
            )
        )


def _other_type(resource, sent):
    """The hint for the type of another endpoint, or one that is written in another way."""
    if sent in resource.registry:
        return f": what is of type '{sent}' goes to /{sent}"
    return f': write "type": "{resource.type}", as in the URL'


def _check_id(resource, data, findings, id_, pointer, lids=None):
    """The client's id of a new resource or None; for an existing one the id must be there and be `id_`."""
    at = f"{pointer}/id"
    given = data.get("id")
    if id_ is not None:
        if "id" not in data and lids is not None and "lid" in data:
            if local_id(resource.type, data["lid"], lids) != id_:
                findings.add(
                    IdConflict(f"The lid {shown(data['lid'])} is not that of the target.", pointer=f"{pointer}/lid")
                )
            return id_
        if "id" not in data:
            findings.add(
                InvalidDocument(f'data has no member \'id\'; add "id": "{id_}".', pointer=pointer, member="id")
            )
        elif not isinstance(given, str):
            findings.add(
                InvalidIdentifier(f'id must be a string: write "id": "{id_}", not {shown(given)}.', pointer=at)
            )
        elif given != id_:
            findings.add(
                IdConflict(
                    f"The request is for the id '{id_}', but the document has {shown(given)}, and an id cannot be changed: "
                    f'write "id": "{id_}"{f", or PATCH /{resource.type}/{given[:64]}" if given else ""}.',
                    pointer=at,
                )
            )
        return id_
    if "id" not in data:
        return None
    if given is None or given == "":
        findings.tolerate(
            IdCoerced(f"id is {'null' if given is None else 'empty'} and counts as absent: leave it out.", pointer=at)
        )
        return None
    if not isinstance(given, str):
        mended = f'write "id": "{given}", or ' if type(given) is int else ""
        findings.add(
            InvalidIdentifier(
                f"id must be a string, not {shown(given)}: {mended}leave it out and the service gives one.", pointer=at
            )
        )
        return None
    if not ID.fullmatch(given):
        findings.add(
            InvalidId(
                f"{shown(given)} cannot be an id: it has 1 to 64 of the characters A-Z a-z 0-9 - _ . and begins with a "
                "letter or digit. Leave id out and the service gives one.",
                pointer=at,
            )
        )
        return None
    return given


_GROUPS = ("attributes", "relationships")
_RESOURCE_MEMBERS = frozenset({"type", "id", "lid", "links", "meta", *_GROUPS})


def _warn_of_strays(resource, data, findings, pointer):
    """What stands beside `type` and was meant to be something: the specification says to ignore it."""
    for name in data:
        if name in _RESOURCE_MEMBERS:
            continue
        if name in resource.attributes or name in resource.relationships:
            group = "attributes" if name in resource.attributes else "relationships"
            findings.warn(
                UnknownMember(
                    f"'{name}' stands beside type, where it is ignored: it belongs into {group}.",
                    pointer=f"{pointer}/{name}",
                )
            )
        elif (meant := near(name, _GROUPS, most=1)) and meant[0] not in data:
            findings.warn(
                UnknownMember(
                    f"'{name}' stands beside type, where it is ignored; did you mean '{meant[0]}'?",
                    pointer=f"{pointer}/{name}",
                    suggestions=meant,
                )
            )


# --- names ------------------------------------------------------------------------------------------
def _known_attributes(resource, attributes, findings, change):
    """The attributes that the type has, without nulls that count as not sent."""
    known = {}
    for name, value in attributes.items():
        field_ = resource.attributes.get(name)
        if name.startswith("@"):
            continue
        if field_ is None:
            _unknown(resource, name, "attribute", resource.attributes, findings, change.pointer + "/attributes")
        elif value is None and field_.secret and not change.creating:
            continue  # what Ember Data sends for a field that it never read
        elif value is None and not field_.required and not field_.nullable:
            findings.tolerate(
                NullNotAllowed(
                    f"'{name}' cannot be null, which counts as not sent: leave it out, or send {field_.rule()}.",
                    pointer=change.at(name),
                )
            )
        else:
            known[name] = value
    return known


def _unknown(resource, name, word, known, findings, pointer):
    hint, suggestions = did_you_mean(name, known)
    relation = resource.relationships.get(name) or resource.relationships.get(re.sub("[-_]?[Ii]ds?$", "", name))
    if word == "attribute" and relation:
        example = f'"{relation.name}": {{"data": {_linkage_example(relation)}}}'
        hint, suggestions = f"; it is a relationship, so it belongs into relationships: {example}.", [relation.name]
    elif name in resource.attributes:
        hint, suggestions = "; it is an attribute, so it belongs into attributes.", []
    elif name in ("id", "type", "attributes", "relationships"):
        hint, suggestions = f"; {name} stands beside {word}s, not in it.", []
    findings.tolerate(
        UnknownMember(
            f"'{resource.type}' has no {word} {shown(name)}{hint or '; it has ' + listed(known) + '.'}"
            f"{'' if findings.strict else ' It was ignored.'}",
            pointer=f"{pointer}/{name.replace('~', '~0').replace('/', '~1')}",
            suggestions=suggestions,
            allowed=list(known),
        )
    )


def _known_linkages(resource, relationships, findings, change, lids):
    """({name: linkage} that was sent for relationships of the type, names of those whose linkage is malformed)."""
    linkages, spoilt, came_as = {}, set(), {}
    for sent, value in relationships.items():
        relation = resource.relationships.get(sent) or resource.by_alias(sent)
        if sent.startswith("@"):
            continue
        if relation is None:
            _unknown(
                resource, sent, "relationship", resource.relationships, findings, change.pointer + "/relationships"
            )
            continue
        pointer = f"{change.pointer}/relationships/{sent}"
        name = relation.name
        linkage = _relationship(relation, sent, value, findings, pointer, lids)
        if linkage is ...:
            spoilt.add(name)
        elif linkage is not _UNSENT:
            if sent != name:
                if name not in linkages:
                    change.sent_as[name] = sent
                findings.warn(
                    AliasUsed(f"'{sent}' was taken for '{name}', which is the relationship's name.", pointer=pointer)
                )
            if linkages.setdefault(name, linkage) != linkage:
                findings.add(
                    RelationshipRefused(
                        f"'{came_as[name]}' and '{sent}' are the same relationship but name different resources: "
                        f"send only '{name}'.",
                        pointer=pointer,
                    )
                )
            came_as.setdefault(name, sent)
    return linkages, spoilt


# --- linkage ----------------------------------------------------------------------------------------
_UNSENT = object()


def _relationship(relation, name, value, findings, pointer, lids):
    """The linkage in a relationship object, _UNSENT without `data`, `...` with a fault."""
    what = f"The relationship '{name}'"
    if not isinstance(value, dict):
        findings.add(
            InvalidLinkage(
                f'{what} must be an object: write "{name}": {{"data": {_linkage_example(relation, value)}}}, '
                f"not {shown(value)}.",
                pointer=pointer,
            )
        )
        return ...
    if "data" in value:
        return _linkage(relation, value["data"], findings, pointer, what, lids)
    if value.keys() - {"links", "meta"} and not any(member.startswith("@") for member in value):
        findings.add(
            InvalidLinkage(
                f'{what} has no member \'data\': write "{name}": {{"data": {_linkage_example(relation, value)}}}.',
                pointer=pointer,
            )
        )
        return ...
    return _UNSENT


def _linkage_example(relation, sent=...):
    """The linkage that was probably meant by what was sent: its first id, else "1"."""
    if isinstance(sent, list) and sent:
        sent = sent[0]
    if sent is None and not relation.required and not relation.many:
        return "null"
    identifier = _identifier_example(relation, sent)
    return f"[{identifier}]" if relation.many else identifier


def _identifier_example(relation, sent):
    """The identifier with the id in what was sent: an id alone, or an object with one."""
    id_ = sent.get("id") if isinstance(sent, dict) else sent
    known = type(id_) is int or isinstance(id_, str) and ID.fullmatch(id_)
    return f'{{"type": "{relation.target.type}", "id": "{id_ if known else 1}"}}'


def _linkage(relation, data, findings, pointer, what, lids):
    """A linkage of {"type", "id"} whose ids are strings, to-many without repetitions; `...` with a fault."""
    example = _linkage_example(relation, data)
    if relation.many:
        if not isinstance(data, list):
            findings.add(
                InvalidLinkage(
                    f"{what} is to-many: data must be an array such as {example}, not {shown(data)}.", pointer=pointer
                )
            )
            return ...
        identifiers = [_identifier(relation, item, findings, pointer, what, lids) for item in data]
        if ... in identifiers:
            return ...
        return list({identifier["id"]: identifier for identifier in identifiers}.values())
    if data is None:
        return None
    if isinstance(data, list):
        or_null = "" if relation.required else " or null"
        findings.add(
            InvalidLinkage(f"{what} is to-one: data must be {example}{or_null}, not an array.", pointer=pointer)
        )
        return ...
    return _identifier(relation, data, findings, pointer, what, lids)


def _identifier(relation, item, findings, pointer, what, lids):
    type_ = relation.target.type
    example = _identifier_example(relation, item)
    if not isinstance(item, dict):
        findings.add(InvalidLinkage(f"{what} names a resource by {example}, not by {shown(item)}.", pointer=pointer))
        return ...
    local = "lid" in item and "id" not in item
    lacking = [name for name in ("type", "lid" if local else "id") if name not in item]
    if lacking:
        findings.add(
            InvalidIdentifier(f"{what}: the identifier has no {listed(lacking)}; write {example}.", pointer=pointer)
        )
        return ...
    if not isinstance(item["type"], str):
        findings.add(
            InvalidIdentifier(f"{what}: type must be a string, not {shown(item['type'])}: {example}.", pointer=pointer)
        )
        return ...
    if item["type"] != type_:
        findings.add(
            TypeConflict(
                f"{what} is to '{type_}', not to {shown(item['type'])}: write {example}, with the id of one of the {type_}.",
                pointer=pointer,
                suggestions=[type_],
            )
        )
        return ...
    if local:
        return _local_identifier(type_, item["lid"], findings, pointer, what, lids)
    id_ = item["id"]
    if type(id_) is int:
        findings.tolerate(
            IdCoerced(f'{what}: the id {id_} is a number, but ids are strings: write "id": "{id_}".', pointer=pointer)
        )
        id_ = str(id_)
    if not isinstance(id_, str):
        findings.add(
            InvalidIdentifier(f"{what}: id must be a string, not {shown(id_)}: write {example}.", pointer=pointer)
        )
        return ...
    return {"type": type_, "id": id_}


def _local_identifier(type_, lid, findings, pointer, what, lids):
    id_ = local_id(type_, lid, lids)
    if id_ is None:
        where = "in this request" if lids is not None else "here; only atomic operations have lids, elsewhere write id"
        findings.add(
            UnknownLocalId(
                f"{what}: no resource of type '{type_}' with the lid {shown(lid)} is made {where}.", pointer=pointer
            )
        )
        return ...
    return {"type": type_, "id": id_}


def local_id(type_, lid, lids):
    """The id that (type, lid) stands for, or None."""
    return (lids or {}).get((type_, lid)) if isinstance(lid, str) else None


# --- content ----------------------------------------------------------------------------------------
def _load(change, data, attributes, linkages, spared, findings):
    """Runs the schema over what is known and fills the change; its faults get their pointers here.

    Members that are `spared` are not missing when they are not there.
    """
    resource = change.resource
    # hidden relationships are those that the schema does not declare: its other side does
    hidden = [name for name in linkages if resource.relationships[name].hidden]
    change.relationships.update((name, [identifier["id"] for identifier in linkages[name]]) for name in hidden)
    payload = {
        "data": {
            "type": resource.type,
            "attributes": attributes,
            "relationships": {name: {"data": linkage} for name, linkage in linkages.items() if name not in hidden},
        }
    }
    loader = resource.loader
    partial = True if not change.creating else tuple(_field_of(resource, name).name for name in spared)
    try:
        values = loader.load(payload, partial=partial)
    except ValidationError as error:
        values = error.valid_data or {}
        for name, faults in error.messages.items():
            for fault in faults:
                fault.pointer = _place(change, data, name, name in attributes or name in linkages)
                if fault.member is not None:
                    fault.detail += _sent_instead(change.resource, data, fault.member)
                findings.add(fault)
    for name, field_ in resource.attributes.items():
        if field_.name in values and name in attributes:
            change.attributes[name] = values[field_.name]
    for name, relation in resource.relationships.items():
        if relation.field.name in values and name in linkages:
            change.relationships[name] = values[relation.field.name]


def _field_of(resource, name):
    return resource.attributes[name] if name in resource.attributes else resource.relationships[name].field


def _members(data, name):
    value = data.get(name)
    return value if isinstance(value, dict) else {}


def _sent_instead(resource, data, missing):
    """The hint for a required member that was sent in another place or under a name like it."""
    wanted, other = ("attributes", "relationships")
    if missing in resource.relationships:
        wanted, other = other, wanted
    if missing in data:
        return f" It stands beside type, not in {wanted}."
    if missing in _members(data, other):
        return f" It stands in {other}, not in {wanted}."
    known = {**resource.attributes, **resource.relationships}
    alike = near(missing, [name for name in {**data, **_members(data, wanted)} if name not in known], most=1)
    return f" Instead of it there is {shown(alike[0])}." if alike else ""


def _place(change, data, name, sent):
    """The pointer of a member that was sent, else of the nearest object that is there."""
    if sent:
        return change.at(name)
    group = "relationships" if name in change.resource.relationships else "attributes"
    return f"{change.pointer}/{group}" if group in data else change.pointer
