"""Tests of grants/publishing/facts."""
