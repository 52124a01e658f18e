"""What giving adds up to, for the public pages, the dashboard and the funding gap."""
