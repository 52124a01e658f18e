"""Certified statements: numbered without gaps, kept unchanged, replaced but never deleted."""
