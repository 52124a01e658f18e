"""The ranking of a call, and the choice between applications within money and rules."""
