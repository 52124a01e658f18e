"""How the fund's people set up their desk: the columns of each list, and views they have saved."""
