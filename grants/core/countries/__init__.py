"""Countries by the names of the United Nations, in each of its languages."""
