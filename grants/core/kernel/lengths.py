"""How long a text is, in characters and in words: the browser counts the same (page.js)."""

import re

from grants.core.kernel.errors import InvalidInput
from grants.core.kernel.language import ngettext

_SPACE = "\t-\r\x1c- \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
_SIGNS = "\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
"""Chinese characters and kana, which are written without spaces: each counts as a word."""
_WORD = re.compile(f"[{_SIGNS}]|[^{_SPACE}{_SIGNS}]+")


def count_words(text: str) -> int:
    """Words between spaces; of Chinese and Japanese, signs."""
    return len(_WORD.findall(text))


def within(text: str, limit: int, words: int = 0) -> str:
    """The text, if it is not longer than so many words; without a limit in words, characters.

    Characters are Unicode code points, counted as they are given.
    """
    if words:
        if (over := count_words(text) - words) > 0:
            raise InvalidInput(
                ngettext(
                    "Shorten it by %(num)s word: the limit is %(limit)s.",
                    "Shorten it by %(num)s words: the limit is %(limit)s.",
                    over,
                    limit=words,
                )
            )
    elif (over := len(text) - limit) > 0:
        raise InvalidInput(
            ngettext(
                "Shorten it by %(num)s character: the limit is %(limit)s.",
                "Shorten it by %(num)s characters: the limit is %(limit)s.",
                over,
                limit=limit,
            )
        )
    return text
