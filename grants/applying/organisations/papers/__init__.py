"""Papers in an organisation's profile: uploaded once, taken over into each application."""
