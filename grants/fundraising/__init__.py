"""What a fund still needs, and the letters that ask for it."""
