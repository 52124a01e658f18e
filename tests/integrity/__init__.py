"""Tests of grants/integrity."""
