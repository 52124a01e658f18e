"""How figures, days, tables and files are written and read, in each language."""
