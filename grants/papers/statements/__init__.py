"""The catalogue of papers: what builds each one, who may read it, and the pages to get it from."""
