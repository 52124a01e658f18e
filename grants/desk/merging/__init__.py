"""Merging two records of one organisation: one person proposes, another confirms."""
