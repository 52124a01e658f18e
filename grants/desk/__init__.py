"""Start pages and dashboards, and moving in from spreadsheets."""
