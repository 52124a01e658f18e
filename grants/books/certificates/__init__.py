"""Certified statements: numbered without gaps, kept byte for byte, superseded and never deleted."""
