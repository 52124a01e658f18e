"""Tests of grants/publishing/standards."""
