"""Files for everyone: the public tables as CSV, Excel and JSON, a feed, and the sitemap."""
