"""Tests of grants/operations/health."""
