"""your_id → database → Session. Knows neither types nor protocol."""

from .ids import check_namespace_id
from .sqlite import Namespaces

__all__ = ["Namespaces", "check_namespace_id"]
