"""Tests of grants/banking."""
