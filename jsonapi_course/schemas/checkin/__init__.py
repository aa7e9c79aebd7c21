"""The check-in API's types (seed 000; contract: checkin)."""
