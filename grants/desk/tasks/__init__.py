"""What waits for a person: the to-do lines, and the cases behind them."""
