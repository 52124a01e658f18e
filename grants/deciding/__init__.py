"""From a closed call to an award: screening, reviews, the Board, approval."""
