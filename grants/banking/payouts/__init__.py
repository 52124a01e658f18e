"""What a provider of card payments paid out: what each payout is made of, and its bank line."""
