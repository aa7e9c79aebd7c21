"""The course's types (seed 003)."""
