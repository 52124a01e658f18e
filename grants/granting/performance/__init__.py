"""Earlier grants of organisations: how they went, shown where the next one is decided."""
