"""Tests of grants/applying."""
