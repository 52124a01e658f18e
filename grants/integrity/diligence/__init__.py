"""Due diligence of a donor: one person examines, another decides."""
