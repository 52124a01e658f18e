"""Money received from donors: deposits and their receipts."""
