"""Pages on which decisions are prepared and taken: what waits, the ranking, one application."""
