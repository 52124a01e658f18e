"""Reports of grantees: activities, people reached, money spent."""
