"""What each room stands on: money, workflow tables, errors, clock, database. No feature, no web."""
