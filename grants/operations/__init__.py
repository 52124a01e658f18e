"""Keeping an installation running: backups, health, what is watched."""
