"""The double-entry ledger of a fund and everything that settles how it is kept."""
