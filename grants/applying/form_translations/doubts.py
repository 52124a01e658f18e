"""What has to be the same in a translation as in the English: figures, addresses, placeholders."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator

from grants.core.kernel.language import gettext as _
from grants.core.texts.marks import spaced
from grants.platform.questions.reading import PlacedText

_GROUPED = re.compile(r"(?<=\d)[ \u00a0\u202f.,٬'’](?=\d{3}(?!\d))")
"""What stands between the thousands of a figure, in any of the languages."""
_FIGURE = re.compile(r"\d+")
_ADDRESS = re.compile(r"https?://[^\s<>()،؛]*[\w/]|[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_PLACEHOLDER = re.compile(r"\{[^{}\s]*\}|%\(\w+\)[sd]")


def doubts(source: str, words: str) -> Iterator[str]:
    """What a translation lacks of what is not to be translated, or has besides; in sentences."""
    if not source.strip() or not words.strip():
        return
    figures = _figures_apart(source), _figures_apart(words)
    for pattern, texts in (
        (_PLACEHOLDER, (source, words)),
        (_ADDRESS, (source, words)),
        (_FIGURE, figures),
    ):
        english, translated = (Counter(pattern.findall(text)) for text in texts)
        if missing := english - translated:
            yield _("Missing, but in the English: %(parts)s.", parts=spaced(",").join(missing))
        if added := translated - english:
            yield _("Not in the English: %(parts)s.", parts=spaced(",").join(added))


def doubtful(texts: Iterable[PlacedText], language: str) -> int:
    """How many of these texts have a translation that does not match the English."""
    return sum(
        any(doubts(text.texts.get("en", ""), text.texts.get(language, ""))) for text in texts
    )


def _figures_apart(text: str) -> str:
    """The text with its figures in western digits, without separators of thousands; without
    addresses and placeholders, which are compared whole.
    """
    plain = _PLACEHOLDER.sub(" ", _ADDRESS.sub(" ", text))
    western = "".join(str(unicodedata.digit(sign)) if sign.isdecimal() else sign for sign in plain)
    return _GROUPED.sub("", western)
