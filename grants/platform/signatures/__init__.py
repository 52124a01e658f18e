"""What papers that two sides sign have in common: signatures, codes by e-mail, the drawn paper."""
