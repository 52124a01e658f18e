"""The access log: who opened which file, for the auditor and the administrator."""
