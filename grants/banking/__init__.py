"""The bank's statements and the reconciliation of the books with them."""
