"""The list of decisions: what was advised and decided on each application, and its signed copy."""
