"""Texts and short names, as the builder makes them from English words."""

import re
from collections.abc import Mapping

from grants.platform.questions import RESERVED


def english(old: Mapping[str, str], words: str) -> dict[str, str]:
    """Texts with other English words; without any words, nothing is left."""
    return {**old, "en": words.strip()} if words.strip() else {}


def free_key(words: str, keys: set[str]) -> str:
    """A short name made of words."""
    stem = "_".join(re.findall(r"[a-z0-9]+", words.lower())[:4])[:30].strip("_") or "item"
    stem = stem if stem[0].isalpha() and stem not in RESERVED else f"q_{stem}"
    return next(
        key for key in (stem, *(f"{stem}_{number}" for number in range(2, 999))) if key not in keys
    )
