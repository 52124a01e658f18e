"""Money, workflow tables, errors, the clock, languages, processes. No feature, no database."""
