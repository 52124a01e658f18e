"""Calls for proposals: their rules, deadline, questions and criteria."""
