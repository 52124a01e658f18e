"""The funding gap of a fund, and the letters that ask donors to close it."""
