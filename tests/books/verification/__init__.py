"""Tests of grants/books/verification."""
