"""Donors: who gives, in which language one writes to them, and through whom."""
