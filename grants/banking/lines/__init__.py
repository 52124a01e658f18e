"""A line of the bank, and what it is recorded as: by its proposal, or as a person decides."""
