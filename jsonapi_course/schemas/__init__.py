"""What goes over the wire: a schema per type, a folder per API."""
