"""PostgreSQL: sessions, roles, encryption, seals, numbering, and finding records by words."""
