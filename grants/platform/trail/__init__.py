"""The trail as a whole: its chain verified, exported and anchored outside the database."""
