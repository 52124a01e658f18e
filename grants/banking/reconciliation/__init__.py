"""The monthly reconciliation of a bank account with the books."""
