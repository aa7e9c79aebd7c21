"""V1 and V2 of the check-in API: a table of calls (table.py), walked by the dispatcher, the docs and the tests."""
