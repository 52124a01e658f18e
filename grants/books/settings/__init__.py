"""Settings of a fund that move money: proposed by one person, put in force by another."""
