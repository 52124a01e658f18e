"""Pages that only read: the public page of a fund, start pages, the dashboard."""
