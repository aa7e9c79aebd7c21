"""HTTP: the only layer that knows Flask, headers and status codes."""
