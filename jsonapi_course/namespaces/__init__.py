"""your_id → database → Session. Knows neither types nor protocol."""

from .ids import RULE, VERSIONS, check_namespace_id
from .limits import Limits
from .recordings import Recordings
from .sqlite import Namespaces

__all__ = ["RULE", "VERSIONS", "Limits", "Namespaces", "Recordings", "check_namespace_id"]
