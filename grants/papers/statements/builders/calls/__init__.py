"""Papers of calls: applications, sessions of the Board, decisions."""
