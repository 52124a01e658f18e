"""The end of a grant: what is still open, and closing it."""
