"""Changes of the details of a fund's bank account: one person proposes, another approves."""
