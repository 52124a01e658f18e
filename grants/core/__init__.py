"""Money, workflow tables, the clock, the database, funds, people and the audit trail."""
