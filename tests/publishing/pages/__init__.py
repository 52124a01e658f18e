"""Tests of grants/publishing/pages."""
