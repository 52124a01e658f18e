"""How often a Chinese sign is met: the catalogue of our own words, and the levels of GB 2312."""

from grants.core.kernel.language import TRANSLATIONS

FIRST_CHINESE = 0x2E80


def chinese_of_our_words() -> frozenset[int]:
    """The signs of the Chinese catalogue: about 1,100."""
    words = (TRANSLATIONS / "zh" / "LC_MESSAGES" / "messages.po").read_text("utf-8")
    return frozenset(ord(sign) for sign in set(words) if ord(sign) >= FIRST_CHINESE)


def frequent_chinese() -> frozenset[int]:
    """The 3,755 characters of the first level of GB 2312, and its signs: most of any letter."""
    return _of_gb_2312(0xD8)


def everyday_chinese() -> frozenset[int]:
    """The 7,445 characters of GB 2312: nearly every name, in a quarter of the file."""
    return _of_gb_2312(0xF8)


def _of_gb_2312(end: int) -> frozenset[int]:
    """The characters of its rows before this one."""
    rows = range(0xA1, end)
    pairs = (bytes((row, cell)) for row in rows for cell in range(0xA1, 0xFF))
    signs = (pair.decode("gb2312", "ignore") for pair in pairs)
    return frozenset(ord(sign) for sign in signs if sign)
