"""Recommendation, the Board's advice, approval within the money available, and the award."""
