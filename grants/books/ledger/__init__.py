"""The fund's books: balanced entries that never change, exchange rates by date, periods, balances.

The ledger knows nothing of pledges or grants. Rooms above it call one function per event
(`receipts`, `spending`) with plain values: money, days, and the reference of their own record.
"""
