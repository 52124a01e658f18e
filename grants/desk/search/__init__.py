"""One box for everything a person may see: by reference, name or title."""
