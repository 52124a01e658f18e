"""Interests that trustees declare: until then an application stays shut to them."""
