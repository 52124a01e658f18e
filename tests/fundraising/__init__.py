"""Tests of grants/fundraising."""
