"""What letters tell applicants: feedback by criterion, and a paragraph of the fund's own."""
