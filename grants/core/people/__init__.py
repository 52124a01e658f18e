"""Organisations, the persons who act for them, and what each role may do."""
