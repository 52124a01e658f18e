"""Applications to a call: drafts that keep everything, submissions that prove themselves."""
