"""Guides for donors, applicants and grantees, and which paragraph is about which page."""
