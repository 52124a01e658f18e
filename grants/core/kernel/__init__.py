"""Money, workflow tables, errors, the clock and the database. No feature, no web."""
