"""Allegations of fraud, or of sexual exploitation and abuse: read by named persons alone."""
