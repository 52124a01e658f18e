"""What both sides signed of an agreement: its states, its tables, and finding it."""
