"""Whether the public reads which organisation has a grant: the decision of the fund."""
