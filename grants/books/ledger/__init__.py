"""Balanced entries that never change, accounts, exchange rates, periods and balances.

The ledger does not know pledges or grants. The rooms above call one function for each event
(`receipts`, `spending`) with plain values: money, dates, and the reference of their own record.
"""
