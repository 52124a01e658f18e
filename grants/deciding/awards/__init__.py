"""The page of a decision, approval within the money available, rejection, and awards."""
