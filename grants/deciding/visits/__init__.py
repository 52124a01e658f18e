"""Interviews and site visits of applicants, where their call asks for one, and what they found."""
