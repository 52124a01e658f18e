"""Tests of grants/papers."""
