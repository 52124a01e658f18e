"""What an uploaded file may be: its kind, and what is taken out of it or refused."""
