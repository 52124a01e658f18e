"""Forms written as data: their questions, what people typed into them, and what that means."""
