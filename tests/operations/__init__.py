"""Tests of grants/operations."""
