"""Tests of grants/publishing/tables."""
