"""your_id → database → Session. Knows neither types nor protocol."""

from .ids import RULE, check_namespace_id
from .sqlite import Namespaces

__all__ = ["RULE", "Namespaces", "check_namespace_id"]
