"""Programs of a fund's own, such as an accounting system: their tokens, and what they may do."""
