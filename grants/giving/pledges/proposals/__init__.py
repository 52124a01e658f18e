"""Other terms of an earmark that the fund proposes, and what their donor answers: the records."""
