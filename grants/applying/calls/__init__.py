"""Calls for proposals: rules, deadline, form and criteria."""
