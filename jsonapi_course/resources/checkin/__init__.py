"""The check-in API's types: what is stored, and the rules (contract: checkin)."""
