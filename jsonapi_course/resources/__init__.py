"""What is stored, and the rules: a resource class per type, a folder per API. Finds the types by their files."""

import pkgutil
from importlib import import_module

from ..engine.resource import Registry, Resource


def load_registry(settings):
    """The Registry of every Resource class in the files below this folder; a new type is a new file."""
    for module in pkgutil.walk_packages(__path__, __name__ + "."):
        import_module(module.name)
    return Registry(_ours(Resource), settings)


def _ours(base):
    """Resource classes of this package, in the order of their files' names."""
    return [found for found in base.__subclasses__() if found.__module__.startswith(__name__ + ".")]
