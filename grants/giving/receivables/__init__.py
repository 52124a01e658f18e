"""Receivables by age, and the allowance for those that will probably not be paid."""
