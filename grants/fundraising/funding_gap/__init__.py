"""What a fund needs, against what it has: for its public page, its people, and its appeals."""
