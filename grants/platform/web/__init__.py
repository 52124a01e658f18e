"""Flask glue for every room: the closed door, the only commit, forms, the look of pages."""
