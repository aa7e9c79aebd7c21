"""your_id → database → Session. Knows neither types nor protocol."""

from .ids import RULE, check_namespace_id
from .limits import Limits
from .recordings import Recordings
from .sqlite import Namespaces

__all__ = ["RULE", "Limits", "Namespaces", "Recordings", "check_namespace_id"]
