"""Tests of grants/publishing/api."""
