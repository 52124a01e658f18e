"""Uploaded files: stored by content hash, checked, handed out."""
