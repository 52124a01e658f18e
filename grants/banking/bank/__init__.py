"""The bank's side of the books: its statements, and which line of them is which entry of ours."""
