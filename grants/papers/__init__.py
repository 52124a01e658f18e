"""Statements, letters and reports as PDF and data; printing, certifying and verifying them."""
