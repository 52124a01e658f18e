"""Tests of grants/publishing/naming."""
