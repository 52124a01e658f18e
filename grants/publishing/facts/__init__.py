"""Published facts, in plain values: pages, files, standards and the API are made of these alone."""
