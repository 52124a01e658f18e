"""Donors as staff see them, and what a donor sees of its own: tasks, support, earmarks."""
