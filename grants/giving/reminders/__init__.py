"""Reminders of promised payments: by each fund's rules, once each, in the donor's language."""
