"""What every room stands on: money, workflow tables, errors, the clock, the database. No feature, no web."""
