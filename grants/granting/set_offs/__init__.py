"""Refunds that a fund deducts from a later payment, as two people agree."""
