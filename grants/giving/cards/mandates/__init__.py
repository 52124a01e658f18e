"""Monthly gifts by card: the giver's mandate at the provider, and each month's charge."""
