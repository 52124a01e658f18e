"""The pages of calls: for the public, for those who apply, and for the fund that makes them."""
