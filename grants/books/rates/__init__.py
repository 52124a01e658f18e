"""The pages of exchange rates: entering them, and which one applies on a date."""
