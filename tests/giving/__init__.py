"""Tests of grants/giving."""
