"""Calls as files: taken to another installation, brought in, checked by a command."""
