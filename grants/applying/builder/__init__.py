"""The pages on which the fund's people make the form of a call, without writing any code."""
