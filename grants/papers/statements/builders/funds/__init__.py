"""Papers of a fund as a whole: annexes, financial statements, briefings, the bank."""
