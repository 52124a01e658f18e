"""What a fund needs against what it has."""
