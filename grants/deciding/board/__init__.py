"""Recommendations, the reserve list and the advice of the Board of Trustees."""
