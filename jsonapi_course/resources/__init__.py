"""What is stored, and the rules: a resource class per type, a folder per API. Finds the types by their files."""

import pkgutil
from importlib import import_module

from ..engine import writer
from ..engine.document import Change
from ..engine.findings import Findings
from ..engine.resource import Registry, Resource


def load_registry(settings):
    """The Registry of every Resource class in the files below this folder; a new type is a new file."""
    for module in pkgutil.walk_packages(__path__, __name__ + "."):
        import_module(module.name)
    return Registry(_ours(Resource), settings, _write_reference_rows)


def _write_reference_rows(session, registry):
    """The rows that every new namespace has, ids from 1."""
    for resource in registry.in_order:
        for attributes, relationships in resource.reference_rows:
            writer.create(session, Change(resource, None, True, dict(attributes), dict(relationships)), Findings())


def _ours(base):
    """Resource classes of this package, the course's before the check-in API's, by the names of their files."""
    found = [found for found in base.__subclasses__() if found.__module__.startswith(__name__ + ".")]
    in_files = sorted(found, key=lambda one: one.__module__)
    return sorted(in_files, key=lambda one: one.__module__.split(".")[-2], reverse=True)
