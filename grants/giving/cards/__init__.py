"""Gifts paid by card: on a page of a provider, confirmed by its signed messages."""
