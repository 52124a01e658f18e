"""Translating forms: the fund's memory of earlier translations, files for translators, checks."""
