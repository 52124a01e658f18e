"""Telling donors once or twice a year what the fund did: a page to share, and a PDF."""
