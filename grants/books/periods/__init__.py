"""The pages and commands of the ledger, and the closing of months."""
