"""Importing earlier records: a workbook is checked, confirmed by a second person, and run."""
