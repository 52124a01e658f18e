"""Organisations that apply: registering one, its profile, and the colleagues who act for it."""
