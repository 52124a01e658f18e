"""A fund in figures: where it stands, what is to come, what is late or not known."""
