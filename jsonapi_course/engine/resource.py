"""Resource: what a type stores and its rules. Registry: all types, their relationships tied together."""

from functools import cached_property

from sqlalchemy import Index, case, func
from sqlalchemy.schema import sort_tables

from .schema import Linkage, ToMany
from .storage import SERVICE_TABLES
from .suggest import did_you_mean


class Resource:
    """A type: its `schema` (the wire), its `model` (the table) and the facts that neither can hold.

    `order` are the attributes by which collections and linkage are sorted (then by creation).
    `links` maps a many-to-many relationship to its table of pairs; one side names it, the other finds it.
    `unique_together` are groups of attributes and to-ones that no two resources share. `internal` are columns
    that no schema has, with the value of a new row. `reference_rows` are (attributes, to-ones) of the rows
    that every new namespace has. `more_tables` belong to the type but to no relationship. `view_of` is the
    type of which this is another view for another API; it is no type of its own.

    For the check-in API: `rights` and `link_rights` are rows of its role matrix, `owner` the path of to-ones to the user that a
    row belongs to, `extras` {word: function(session, ids, today) → {id: value}} the values computed on request.
    """

    schema = None
    model = None
    order = ()
    links = {}
    unique_together = ()
    internal = {}
    reference_rows = ()
    more_tables = ()
    view_of = None
    rights = None
    link_rights = None
    owner = ()
    extras = {}

    def __init__(self, registry, settings):
        # a folder is an API: the one in whose folder the class stands
        self.api = type(self).__module__.split(".")[-2]
        self.registry = registry
        self.settings = settings
        self.loader = self.schema(settings=settings)
        self.type = self.loader.opts.type_
        self.table = self.model.__table__
        declared = self.loader.fields.values()
        self.attributes = {
            field.data_key: field for field in declared if not isinstance(field, Linkage) and field.name != "id"
        }
        self.relationships = {
            field.data_key: Relation(self, field.data_key, field) for field in declared if isinstance(field, Linkage)
        }

    # --- hooks for the rules of one type; each gets the open Session --------------------------------
    def check(self, session, change, findings):
        """Rules over several members of `change` (a writer.Change), before anything is written."""

    def complete(self, session, change):
        """Values that follow from others, set on a `change` that was found right, before it is written."""

    def written(self, session, change):
        """What a change that was written takes along."""

    def removing(self, session, row):
        """What goes before a resource is deleted, beyond what foreign keys take along."""

    # --- what follows from schema and model ---------------------------------------------------------
    @cached_property
    def visible(self):
        """Attributes that a document shows: {name: field}."""
        return {name: field for name, field in self.attributes.items() if not field.secret}

    @cached_property
    def shown_relationships(self):
        """Relationships that a document shows unless the client asks otherwise: {name: Relation}."""
        return {name: relation for name, relation in self.relationships.items() if not relation.hidden}

    def by_alias(self, name):
        """The relationship that takes the name on writes, or None."""
        return next((found for found in self.relationships.values() if name in found.field.aliases), None)

    @cached_property
    def to_one(self):
        return {name: relation for name, relation in self.relationships.items() if not relation.many}

    @cached_property
    def columns(self):
        """The columns of a row as the reader selects it: id, seq, visible attributes, to-one keys."""
        attributes = [self.column(name) for name in self.visible]
        to_one = [relation.column for relation in self.to_one.values()]
        return [self.table.c.id, self.table.c.seq, *attributes, *to_one]

    @cached_property
    def position(self):
        """Where in such a row a member stands: {"id": 0, name of attribute or to-one: index}."""
        return {name: index for index, name in enumerate(["id", "seq", *self.visible, *self.to_one])}

    def column(self, name):
        """The column in which an attribute is stored."""
        field = self.attributes[name]
        return self.table.c[f"{field.name}_hash" if field.secret else field.name]

    def sort_columns(self, name, table=None):
        """The columns or expressions by which an attribute (or `id`) is ordered."""
        table = self.table if table is None else table
        if name == "id":
            return id_order(table.c.id)
        field = self.attributes[name]
        return [table.c[f"{field.name}_key" if field.has_key else field.name]]

    def default_order(self, table=None):
        """The type's own order, then that of creation (contract: Ties)."""
        table = self.table if table is None else table
        columns = [column for name in self.order for column in self.sort_columns(name, table)]
        return [*columns, table.c.seq]

    @cached_property
    def fields(self):
        """Names of all attributes and relationships that can be read."""
        return [*self.visible, *self.relationships]


def id_order(column):
    """Decimal ids by number, then the others by their text."""
    number = func.ltrim(column, "0")
    decimal = func.ltrim(column, "0123456789") == ""
    return [
        case((decimal, 0), else_=1),
        case((decimal, func.length(number)), else_=0),
        case((decimal, number), else_=column),
        column,
    ]


class Relation:
    """One side of a relationship, with where it is stored.

    To-one: `column` of the own table. To-many: `pairs`, a selectable with columns (near, far) of ids;
    the far table's `column` of the inverse, or a table of its own (`link`).
    """

    def __init__(self, source, name, field, hidden=False):
        self.source = source
        self.name = name
        self.field = field
        self.hidden = hidden
        self.many = field.many
        self.required = field.required
        self.read_only = field.read_only
        self.where = field.where
        self.inverse = None
        self.target = None
        self.link = None  # the table of pairs of a many-to-many relationship
        self.near = self.far = None  # its columns

    def __repr__(self):
        return f"<{self.source.type}.{self.name}>"

    @cached_property
    def column(self):
        """The column that holds a to-one's id."""
        return self.source.table.c[f"{self.name.replace('-', '_')}_id"]

    @cached_property
    def restricts(self):
        """Whether a resource that this to-one names cannot be deleted (ON DELETE RESTRICT)."""
        return not self.many and next(iter(self.column.foreign_keys)).ondelete == "RESTRICT"

    @property
    def inverse_required(self):
        """Whether a member of this to-many must always have its other side."""
        return self.many and self.inverse is not None and self.inverse.required


class Registry:
    """All types of one service: {type: Resource}, with every relationship's two sides tied together."""

    def __init__(self, classes, settings, write_reference_rows=None):
        self.settings = settings
        self.write_reference_rows = write_reference_rows
        self.resources = {}
        self.views = {}
        for resource_class in classes:
            resource = resource_class(self, settings)
            (self.views if resource.view_of else self.resources)[resource.type] = resource
        for resource in list(self.resources.values()):
            for relation in list(resource.relationships.values()):
                self._tie(relation)
        for resource in self.resources.values():
            for name, table in resource.links.items():
                self._store_in(resource.relationships[name], table)
            _index(resource)

    def _tie(self, relation):
        target = relation.target = self.resources[relation.field.type_]
        if relation.inverse is not None or relation.field.inverse is None:
            return
        name = relation.field.inverse
        if name not in target.relationships:
            field = ToMany(relation.source.type, inverse=relation.name)
            field.data_key = field.name = name
            target.relationships[name] = Relation(target, name, field, hidden=True)
        inverse = target.relationships[name]
        inverse.target = relation.source
        relation.inverse, inverse.inverse = inverse, relation

    def _store_in(self, relation, table):
        for side in (relation, relation.inverse):
            side.link = table
            side.near = _foreign_key(table, side.source.table, avoid=side.far)
            side.far = _foreign_key(table, side.target.table, avoid=side.near)

    @property
    def tables(self):
        """Every table of a namespace, each after those that it refers to."""
        own = [resource.table for resource in self]
        for resource in [*self, *self.views.values()]:
            own += [*resource.links.values(), *resource.more_tables]
        return [*SERVICE_TABLES, *sort_tables(own)]

    @cached_property
    def secret_names(self):
        """Names of the attributes that are never shown: no link, log or error repeats a parameter with one in its name."""
        return {name for resource in self for name, field in resource.attributes.items() if field.secret}

    @property
    def in_order(self):
        """The types, each after those that its to-ones refer to."""
        by_table = {resource.table: resource for resource in self}
        return [by_table[table] for table in self.tables if table in by_table]

    def seed(self, session):
        """Writes the reference rows into a new or emptied namespace."""
        if self.write_reference_rows:
            self.write_reference_rows(session, self)

    @property
    def reference_text(self):
        """What the reference rows are, as text: another text is another template."""
        return repr([(resource.type, resource.reference_rows) for resource in self.in_order])

    def __getitem__(self, type_):
        return self.resources[type_]

    def __iter__(self):
        return iter(self.resources.values())

    def __contains__(self, type_):
        return type_ in self.resources

    def suggest(self, name):
        """(sentence, suggestions) for a type that there is not; knows singulars by their nearness."""
        return did_you_mean(name, self.resources)


def _index(resource):
    """An index on each to-one that has the members of its other side in their order, with their ids."""
    table = resource.table
    present = {index.name for index in table.indexes}
    for column in table.columns:
        name = f"ix_{table.name}_{column.name}_in_order"
        if column.foreign_keys and name not in present:
            Index(name, column, *resource.default_order(), table.c.id)


def _foreign_key(table, target, avoid=None):
    return next(
        column
        for column in table.c
        if column is not avoid and any(key.column.table is target for key in column.foreign_keys)
    )
