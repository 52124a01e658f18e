"""Profiles as tables of facts, each declared once with what is made of it."""
