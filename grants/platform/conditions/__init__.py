"""Conditions and checks: a small language about answers, what it comes to, and its faults."""
