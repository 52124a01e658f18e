"""Tests of grants/granting/summaries."""
