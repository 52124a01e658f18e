"""Donors, their pledges, their payments, and the contacts with them."""
