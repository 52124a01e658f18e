"""Tests of grants/publishing/open_data."""
