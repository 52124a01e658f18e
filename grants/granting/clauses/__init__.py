"""The clauses of a fund's grant agreements: its own words in each language, version by version."""
