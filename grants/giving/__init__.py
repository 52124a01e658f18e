"""Donors, what they pledge, what they pay, and how they are asked."""
