"""Who did what, when and why: the acts, the audit trail, and the only writer of a state."""
