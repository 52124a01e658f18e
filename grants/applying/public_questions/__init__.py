"""Public questions about a call, and their answers, published to everyone."""
