"""Tests of grants/platform."""
