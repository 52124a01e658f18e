"""Asking many donors at once: the text of an appeal, and the letters made of it."""
