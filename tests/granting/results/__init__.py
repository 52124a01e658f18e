"""Tests of grants/granting/results."""
