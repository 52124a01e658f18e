"""Merging two records of one organisation or donor: one person proposes, another confirms."""
