"""The fund's people: who holds which role from when to when, given and ended by two persons."""
