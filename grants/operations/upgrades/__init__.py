"""What an upgrade will do to the database, before it does it."""
