"""Organisations, calls for proposals and the applications to them."""
