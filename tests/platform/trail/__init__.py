"""Tests of grants/platform/trail."""
