"""Conditions and checks of a form: their language, what they come to, and what is wrong in them."""
