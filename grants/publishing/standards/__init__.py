"""A fund in the forms of others: IATI 2.03 and 360Giving 1.1, from the published facts alone."""
