"""Pages that only read: the public page of a fund, each person's start page, the dashboard."""
