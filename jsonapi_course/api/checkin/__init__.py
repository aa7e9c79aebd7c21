"""The check-in API's own wire format at /api/<your_id>/v1, /v2 and /v3: plain JSON, bearer tokens, roles."""
