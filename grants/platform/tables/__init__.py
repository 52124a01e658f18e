"""Long lists and their files: columns, orders, pages, and the views that people save."""
