"""What is asked about a section, a question and a check, and how each changes its form."""
