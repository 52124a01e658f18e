"""Settings of a fund that affect money: one person proposes a change, another approves it."""
