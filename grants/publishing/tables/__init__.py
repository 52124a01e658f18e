"""The public tables, each declared once: what files, dictionary, and the API say of them."""
