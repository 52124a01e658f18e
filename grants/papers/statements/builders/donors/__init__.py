"""Papers of donors: agreements, letters, receipts, statements and reports."""
