"""The ranking of a call: which applications the money reaches."""
