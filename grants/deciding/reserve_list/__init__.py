"""The reserve list: applications that are good enough, and wait for money."""
