"""A run of all donors' statements as a job: ordered on a page, printed behind it."""
