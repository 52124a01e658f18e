"""Visits, spot checks and audits of grants: planned by risk and amount, held, reported, closed."""
