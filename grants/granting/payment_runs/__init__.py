"""Payment runs: approved instalments paid together, by a file for a bank or another system."""
