"""Translations beside the answers of a submitted application, in their versions."""
