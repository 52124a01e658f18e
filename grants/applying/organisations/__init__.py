"""Organisations that apply: their registration, profile and colleagues."""
