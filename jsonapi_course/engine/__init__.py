"""The JSON:API engine: knows the protocol and no type."""
