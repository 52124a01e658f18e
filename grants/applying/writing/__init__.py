"""The pages on which organisations write an application together, submit it and follow it."""
