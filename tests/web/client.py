"""The strict test client comes with the web layer."""
