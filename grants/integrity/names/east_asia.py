"""Chinese, Korean and Japanese names as patterns of what they may be in Latin letters.

A syllable is written in several systems: 毛 is Mao, 蔣 Jiang, Chiang or Tseung, 정 Jeong, Jung or
Chung. Surname first or last.
"""

import re
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from anyascii import anyascii

from grants.integrity.names.syllables import (
    HANGUL_ENDS,
    HANGUL_STARTS,
    HANGUL_SURNAMES,
    HANGUL_VOWELS,
    NAME_READINGS,
    TWO_SYLLABLE_SURNAMES,
    cantonese,
    romaji,
    wade_giles,
)

if TYPE_CHECKING:
    import opencc
    from sudachipy import Tokenizer


@cache
def _character_converter(rules: str) -> "opencc.OpenCC":
    import opencc

    return opencc.OpenCC(rules)


@lru_cache(65536)
def simplified(text: str) -> str:
    """Chinese characters in their simplified form, so that 習 and 习 are one."""
    return str(_character_converter("t2s").convert(_character_converter("jp2t").convert(text)))


@lru_cache(16384)
def pattern_of(word: str) -> re.Pattern[str]:
    """All that a word of Chinese characters or of Hangul may be in Latin letters, joined."""
    hangul = "\uac00" <= word[0] <= "\ud7af"
    ways = (
        _korean_patterns(word) if hangul else [*_chinese_patterns(word), *_japanese_patterns(word)]
    )
    return re.compile("|".join(ways))


def _both_orders(parts: Sequence[str], surname: int) -> list[str]:
    """The surname first, and last."""
    return ["".join(parts), "".join((*parts[surname:], *parts[:surname]))]


def _any_of(ways: Iterable[str]) -> str:
    return f"(?:{'|'.join(sorted(set(ways), key=lambda way: (-len(way), way)))})"


def _chinese_patterns(word: str) -> list[str]:
    parts = []
    for sign, sound in zip(word, _cantonese_sounds(word), strict=True):
        pinyin = "".join(filter(str.isalpha, anyascii(sign).lower()))  # of rare signs also "*"
        parts.append(_any_of([pinyin, *wade_giles(pinyin), *cantonese(sound)]))
    surname = 2 if len(word) > 2 and simplified(word[:2]) in TWO_SYLLABLE_SURNAMES else 1
    return _both_orders(parts, surname)


def _cantonese_sounds(word: str) -> list[str]:
    """The sounds of a word in Cantonese; its tables are loaded when the first name in Chinese
    characters comes.
    """
    from ToJyutping import get_jyutping_list

    return [sound or "" for _sign, sound in get_jyutping_list(word)]


def _korean_patterns(word: str) -> list[str]:
    parts = [_any_of(_syllable_ways(letter)) for letter in word]
    parts[0] = _any_of([*_syllable_ways(word[0]), *HANGUL_SURNAMES.get(word[0], "").split()])
    return _both_orders(parts, 1)


def _syllable_ways(letter: str) -> list[str]:
    if not "가" <= letter <= "힣":  # a lone consonant or vowel, which no name has
        return [""]
    number = ord(letter) - 0xAC00
    starts = HANGUL_STARTS[number // 588]
    vowels = HANGUL_VOWELS[number % 588 // 28]
    ends = HANGUL_ENDS[number % 28]
    return [start + vowel + end for start in starts for vowel in vowels for end in ends]


@cache
def _load_reader() -> "Tokenizer":
    """Takes the longest words that it knows."""
    from sudachipy import Dictionary, SplitMode

    return Dictionary(dict="small").tokenizer(SplitMode.C)


def _japanese_patterns(word: str) -> list[str]:
    """A word as a dictionary reads it, and as the characters are read in given names."""
    tokens = _load_reader().tokenize(word)
    parts = [_reading_pattern(token.surface(), token.reading_form()) for token in tokens]
    if not all(parts):
        return []
    return _both_orders(parts, 1)


def _reading_pattern(surface: str, kana: str) -> str:
    ways = [_long_or_short(romaji(kana))] if kana != surface else []
    if all(sign in NAME_READINGS for sign in surface):
        ways.append(
            "".join(_any_of(map(_long_or_short, NAME_READINGS[s].split())) for s in surface)
        )
    return _any_of(ways) if ways else ""


def _long_or_short(latin: str) -> str:
    """Vowels may be written long or short, n as m before b, m and p."""
    latin = re.sub("o[uo]", "(?:ou|oo|oh|o)", latin)
    latin = re.sub("uu", "u{1,2}", latin)
    latin = re.sub("ii$", "i{1,2}", latin)
    return re.sub("n(?=[bmp])", "[nm]", latin)


_PLAIN_SOUNDS = (("^x", "sh"), ("^q", "ch"), ("^z(?!h)", "ts"), ("^c(?!h)", "ts"))


def readings_of(word: str) -> tuple[str, ...]:
    """How a word may sound, roughly and in Latin letters: to find candidates, not to compare."""
    if "\uac00" <= word[0] <= "\ud7af":
        return _both_ways([anyascii(letter).lower() for letter in word])
    cantonese_ways = [_plain_sound(sound[:-1]) for sound in _cantonese_sounds(word)]
    read = [romaji(token.reading_form()) for token in _load_reader().tokenize(word)]
    mandarin = [_plain_sound(anyascii(sign).lower()) for sign in word]
    return (*_both_ways(mandarin), *_both_ways(cantonese_ways), *_both_ways(read))


def _both_ways(parts: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_both_orders(parts, 1)))


def _plain_sound(sound: str) -> str:
    for pattern, replacement in _PLAIN_SOUNDS:
        sound = re.sub(pattern, replacement, sound)
    return sound
