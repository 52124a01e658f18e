"""Whom to ask next and why, and how far what was asked for has come, by quarter."""
