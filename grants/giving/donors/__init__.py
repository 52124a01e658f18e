"""Donors: their language and the people to write to."""
