"""Bank statements, and the reconciliation of the books with them."""
