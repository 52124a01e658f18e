"""Statements and letters: read the records, freeze what they say, lay it out as a PDF."""
