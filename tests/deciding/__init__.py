"""Tests of grants/deciding."""
