"""Approval within the money available, rejection, and the award."""
