"""Tests of grants/operations/backups."""
