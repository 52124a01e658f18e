"""The double-entry ledger of a fund, its periods, rates, settings and certificates."""
