"""Demonstration data, planted through the real acts. Every person and organisation is invented."""
