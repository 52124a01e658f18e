"""The fund's library of questions and sections, to use in the forms of its calls."""
