"""The order of names in the reader's language."""

import unicodedata

from grants.core.kernel.language import current_language

_RARE = str.maketrans("斐瑙汶", "匪脑问")
"""Characters of names of countries outside the first level of GB 2312, which stands in the order of
pinyin → one of the same sound inside.
"""
_OWN_LETTERS = {"ru": "й", "es": "ñ"}
"""Letters with a mark that are letters of their own, after the one without it."""


def collation_key(text: str) -> tuple[str | bytes, str]:
    """What names are sorted by: accents and capitals do not count; Chinese by pinyin."""
    code = current_language().code
    if code == "zh":
        return text.translate(_RARE).encode("gb18030"), text
    own = _OWN_LETTERS.get(code, "")
    return "".join(_bare(letter, own) for letter in unicodedata.normalize("NFC", text)), text


def _bare(letter: str, own: str) -> str:
    small = letter.casefold()
    parts = unicodedata.normalize("NFKD", small)
    bare = "".join(part for part in parts if not unicodedata.combining(part))
    return f"{bare}\uffff" if small in own else bare
