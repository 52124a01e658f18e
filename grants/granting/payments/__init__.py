"""Agreements with grantees and the instalments paid under them."""
