"""Figures of how the installation runs, for Prometheus; off unless configured."""
