"""The funding gap of a fund, the letters that ask donors to close it, and whom to ask next."""
