"""Assurance: certifying statements, and telling whether a PDF is one of ours."""
