"""Reviews by experts without a conflict of interest, scored against weighted criteria."""
