"""Recommendations of the secretariat, the reserve list, and the Board's advice."""
