"""Imported bank statements, and which entry of the books each line belongs to."""
