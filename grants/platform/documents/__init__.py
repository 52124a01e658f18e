"""Uploaded files: stored under the hash of their content, checked, served."""
