"""Whether an organisation is what it says: asked for by itself, answered by the fund's people."""
