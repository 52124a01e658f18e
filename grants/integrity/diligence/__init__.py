"""Due diligence: may the fund take money from this donor? One examines, another decides."""
