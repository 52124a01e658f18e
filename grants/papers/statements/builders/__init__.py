"""What each document says: one function reads the records and freezes it."""
