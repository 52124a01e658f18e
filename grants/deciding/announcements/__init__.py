"""What is told of decisions: letters, names that are published, and calls put in the archive."""
