"""Reports of grantees: what was done, for how many people, with how much money."""
