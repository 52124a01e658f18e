"""Webhooks: systems of a fund's own are told of events by signed requests, at least once."""
