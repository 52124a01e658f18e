"""The marks between the parts of a line, with the spaces of the reader's language."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from babel.lists import format_list
from markupsafe import Markup

from grants.core.kernel.language import current_language
from grants.core.texts.actors import person_name

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


def spoken(text: Any) -> Markup:
    """A remark in brackets that is heard and not seen: what a link leads to, after its verb. In a
    sentence it would need the cases of the reader's language.
    """
    about = bracketed(Markup("<bdi>{}</bdi>").format(text))
    return Markup('<span class="govuk-visually-hidden">{}</span>').format(about)


def listed_texts(texts: Sequence[str]) -> str:
    """Texts as a sentence lists them: “a, b and c”."""
    language = current_language()
    if language.code == "es" and len(texts) > 1 and _SOUNDS_AS_Y.match(texts[-1]):
        *others, last = texts
        return f"{spaced(',').join(others)} e {last}"
    return format_list(texts, locale=language.locale)


_SOUNDS_AS_Y = re.compile(r"h?[ií](?![aeouáéóú])", re.IGNORECASE)
"""How a Spanish word begins before which “y” is “e”: Irán, hijos; not hielo."""


def joined_names(listed: Iterable[str]) -> str:
    """Names in a sentence, one after the other: each keeps its own direction, commas and all."""
    return spaced(",").join(f"\u2068{person_name(str(name))}\u2069" for name in listed)
