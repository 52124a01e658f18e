"""Grants after the award: agreements, payments, reports, results, closure."""
