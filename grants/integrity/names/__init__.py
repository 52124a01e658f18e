"""Comparing names of persons and organisations across scripts, spellings and orders of words."""
