"""What the public reads: each grant, each figure, as page, file, standard and API."""
