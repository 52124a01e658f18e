"""Printing the statements of all donors as one job, ordered from a page."""
