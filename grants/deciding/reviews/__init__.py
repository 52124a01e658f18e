"""Expert reviews: assigned, free of conflicts of interest, scored against weighted criteria."""
