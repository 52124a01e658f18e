"""Expressions about answers: how they are read, and what a formula over a row comes to."""
