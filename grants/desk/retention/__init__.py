"""How long personal data are kept: periods by kind, lists of what is due, purges, legal holds."""
