"""The fund's pages of applications: the list, all answers side by side, amendments."""
