"""Tests of grants/desk."""
