"""Reminders of promised payments, by the rules of each fund."""
