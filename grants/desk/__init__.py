"""Start pages, dashboards, and the import of earlier records from spreadsheets."""
