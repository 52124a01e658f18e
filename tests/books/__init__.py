"""Tests of grants/books."""
