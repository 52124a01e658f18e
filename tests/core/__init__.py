"""Tests of grants/core."""
