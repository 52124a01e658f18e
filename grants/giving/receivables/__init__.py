"""Receivables by age, and the allowance for those that are unlikely to be paid."""
