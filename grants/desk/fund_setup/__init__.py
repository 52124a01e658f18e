"""Opening a fund and describing it, and what is still missing before it can work."""
