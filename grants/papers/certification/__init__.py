"""Certifying statements, and checking whether a PDF is one of ours."""
