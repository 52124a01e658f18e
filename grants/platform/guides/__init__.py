"""Guides by role, and which paragraph is about which page."""
