"""Tests of grants/deciding/portfolio."""
