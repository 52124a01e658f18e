"""Eligibility screening against the criteria of the call."""
