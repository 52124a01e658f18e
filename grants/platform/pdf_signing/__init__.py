"""Signing the PDFs that are issued, and reading the signature of a PDF again."""
