"""What changes after a pledge was made: less of it, or other days of payment."""
