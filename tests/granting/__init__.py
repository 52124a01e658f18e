"""Tests of grants/granting."""
