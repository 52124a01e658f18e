"""Texts of the standard form in the languages of calls."""

import json
from pathlib import Path

from grants.platform.questions import (
    Choice,
)

WORDS: dict[str, dict[str, str]] = json.loads(
    (Path(__file__).parent / "words.json").read_text("utf-8")
)
"""Each text of the standard form in the other languages of the United Nations."""


def en(text: str) -> dict[str, str]:
    """A text in English, and in the languages into which it is translated."""
    return {"en": text, **WORDS.get(text, {})}


def choices(**labels: str) -> tuple[Choice, ...]:
    return tuple(Choice(code, en(label)) for code, label in labels.items())
