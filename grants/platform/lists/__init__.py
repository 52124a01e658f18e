"""Setting up a list: its columns and density, saved views, and sharing them."""
