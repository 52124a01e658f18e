"""Pledges: made online or entered for a donor, acknowledged, then signed as an agreement."""
