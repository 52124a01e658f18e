"""What giving adds up to, kept as it changes: read by the public pages and the dashboard."""
