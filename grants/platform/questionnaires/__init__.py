"""Application and report forms as data: their questions and the answers typed into them."""
