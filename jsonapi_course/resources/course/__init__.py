"""The course's types (contract: course)."""
