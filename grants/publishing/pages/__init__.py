"""The public pages of grants, of source and use of funds, and of the people behind a fund."""
