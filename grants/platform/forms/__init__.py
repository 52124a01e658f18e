"""What people fill in: fields with their hints and errors, and the pages of steps."""
