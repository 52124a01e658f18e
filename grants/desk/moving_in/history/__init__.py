"""Moving in: the history of a fund, read from files and replayed through the real acts."""
