"""Grants in life: agreements, payments, reports, closure."""
