"""Charts and maps, drawn once and kept as pictures."""
