"""Payments drawn at random for an audit."""
