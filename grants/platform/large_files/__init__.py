"""Files that take longer than a request may: ordered on a page, made by the worker, kept a week."""
