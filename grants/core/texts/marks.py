"""The marks between the parts of a line, with the spaces of the reader's language."""

from collections.abc import Iterable, Mapping
from typing import Any

from markupsafe import Markup

from grants.core.kernel.language import current_language

MARKS: Mapping[str, Mapping[str, str]] = {
    ",": {"ar": "، ", "ar-XB": "، ", "zh": "、"},
    ";": {"ar": "؛ ", "ar-XB": "؛ ", "fr": "\u00a0; ", "zh": "；"},
    ":": {"fr": "\u00a0: ", "zh": "："},
    ".": {"zh": "。"},
}
"""Mark → what stands for it by language, where that is not the mark and a space."""


def spaced(mark: str) -> str:
    """A comma, semicolon, colon or full stop, as the reader's language writes it."""
    return MARKS[mark].get(current_language().code, f"{mark} ")


def sentence(text: str) -> str:
    """A text with the full stop that ends it."""
    return f"{text}{spaced('.').rstrip()}"


def bracketed(text: Any) -> Markup:
    """A remark in brackets that follows another text."""
    opening, closing = ("（", "）") if current_language().code == "zh" else (" (", ")")
    return Markup("{}{}{}").format(opening, text, closing)


def joined_names(listed: Iterable[str]) -> str:
    """Names in a sentence, one after the other: each keeps its own direction, commas and all."""
    return spaced(",").join(f"\u2068{name}\u2069" for name in listed)
