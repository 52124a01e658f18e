"""Tests of grants/publishing."""
