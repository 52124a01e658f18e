"""Awards: approval within the money available, what is awarded, locked and paid against."""
