"""Chinese and Korean names in Latin letters: a name of two or three syllables is another name when
one syllable is another, however near the letters are.
"""

import re
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from itertools import product

from anyascii import anyascii

from grants.integrity.names.syllables import (
    HANGUL_ENDS,
    HANGUL_STARTS,
    HANGUL_SURNAMES,
    HANGUL_VOWELS,
    wade_giles,
)

_CHINESE_SURNAMES = frozenset(
    [
        "wang",
        "li",
        "zhang",
        "liu",
        "chen",
        "yang",
        "zhao",
        "huang",
        "zhou",
        "wu",
        "xu",
        "sun",
        "hu",
        "zhu",
        "gao",
        "lin",
        "he",
        "guo",
        "ma",
        "luo",
        "liang",
        "song",
        "zheng",
        "xie",
        "han",
        "tang",
        "feng",
        "yu",
        "dong",
        "xiao",
        "cheng",
        "cao",
        "yuan",
        "deng",
        "fu",
        "shen",
        "zeng",
        "peng",
        "lu",
        "su",
        "jiang",
        "cai",
        "jia",
        "ding",
        "wei",
        "xue",
        "ye",
        "yan",
        "pan",
        "du",
        "dai",
        "xia",
        "zhong",
        "tian",
        "ren",
        "fan",
        "fang",
        "shi",
        "yao",
        "tan",
        "liao",
        "zou",
        "xiong",
        "jin",
        "hao",
        "kong",
        "bai",
        "cui",
        "kang",
        "mao",
        "qiu",
        "qin",
        "gu",
        "hou",
        "shao",
        "meng",
        "long",
        "wan",
        "duan",
        "lei",
        "qian",
        "yin",
        "yi",
        "chang",
        "qiao",
        "lai",
        "gong",
        "wen",
        "pang",
        "lan",
        "tao",
        "hong",
        "zhai",
        "an",
        "qi",
        "ni",
        "mo",
        "sheng",
        "ouyang",
        "zhuge",
        "mei",
        "bo",
        "ruan",
        "zhuang",
    ]
)
_KOREAN_SURNAMES = "김이리박최정강조윤장임림한오서신권황안송류유전홍고문손양배백허남심노로하곽성차주우구민나진지엄원채천방공현함변염여량추도석선설마길연위표명기반왕금태봉"

Syllables = tuple[frozenset[str], ...]


@cache
def _pinyin_table() -> dict[str, frozenset[str]]:
    """Each syllable in either system, and which syllables of pinyin it may be."""
    sounds = {anyascii(chr(code)).lower() for code in range(0x4E00, 0x9FA6)}
    ways: dict[str, set[str]] = {}
    for syllable in sounds:
        if syllable.isalpha():
            for way in (syllable, *wade_giles(syllable)):
                ways.setdefault(way, set()).add(syllable)
    return {way: frozenset(syllables) for way, syllables in ways.items()}


def _split_syllables(word: str, most: int) -> Iterator[Syllables]:
    if not word:
        yield ()
        return
    if not most:
        return
    for length in range(min(6, len(word)), 0, -1):
        if syllable := _pinyin_table().get(word[:length]):
            for following in _split_syllables(word[length:], most - 1):
                yield (syllable, *following)


@lru_cache(16384)
def _chinese_syllables(words: tuple[str, ...]) -> tuple[Syllables, ...]:
    """The name as syllables, surname first; nothing if it does not look Chinese."""
    if not 2 <= len(words) <= 4:
        return ()
    readings = []
    for turned in (words, (words[-1], *words[:-1])):
        surname = _pinyin_table().get(turned[0], frozenset((turned[0],)))
        if not surname.isdisjoint(_CHINESE_SURNAMES):
            readings += [
                (surname, *given_name) for given_name in _split_syllables("".join(turned[1:]), 2)
            ]
    return tuple(readings)


@cache
def _surname_table() -> dict[str, frozenset[str]]:
    """Each Korean surname as it is written in Latin letters, and what it is in Hangul."""
    surnames: dict[str, set[str]] = {}
    for letter in _KOREAN_SURNAMES:
        number = ord(letter) - 0xAC00
        plain = (
            HANGUL_STARTS[number // 588],
            HANGUL_VOWELS[number % 588 // 28][:4],
            HANGUL_ENDS[number % 28],
        )
        usual = [s + v + e for s in plain[0] for v in plain[1] for e in plain[2]]
        for way in (*usual, *HANGUL_SURNAMES.get(letter, "").split()):
            surnames.setdefault(way, set()).add(_SAME_SURNAME.get(letter, letter))
    return {way: frozenset(letters) for way, letters in surnames.items()}


_SAME_SURNAME = {"리": "이", "림": "임", "로": "노", "류": "유", "량": "양"}
_KOREAN_SYLLABLE = re.compile(
    "(?:(?:kk|gg|tt|dd|pp|bb|ss|jj|ch|th|kh|ph|sh|[kgntdrlmbpsjhyw]|)"
    "(?:yeo|you|yoo|yae|eui|woo|weo|wae|wai|eo|eu|ae|ai|oo|ou|oe|oi|ui|ee|ya|yo|yu|ye|wa|wo|we|wi|[aeiou])h?"
    "(?:ng|ck|[kgnlmpbtr]|)){1,2}"
)
_KOREAN_FOLDS = tuple(
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        (r"(?<=[aeiou])h(?![aeiouyw])", ""),
        (r"kk|gg|kh|ck", "k"), (r"tt|dd|th", "t"), (r"pp|bb|ph", "p"), (r"ss|sh", "s"), (r"jj|ch", "j"),
        (r"yeo|you|yoo|yu|yo", "Y"), (r"woo|wu|oo|ou|eo|eu|o|u", "O"), (r"ae|ai|ay|e", "E"),
        (r"ee|ie|i", "I"), ("g", "k"), ("d", "t"), ("b", "p"), ("l", "r"),
    )
)  # fmt: skip


def _fold_name(name: str) -> str:
    for pattern, replacement in _KOREAN_FOLDS:
        name = pattern.sub(replacement, name)
    return re.sub("(.)\\1+", r"\1", name)


@lru_cache(16384)
def _korean_syllables(words: tuple[str, ...]) -> tuple[Syllables, ...]:
    if not 2 <= len(words) <= 3:
        return ()
    readings = []
    for turned in (words, (words[-1], *words[:-1])):
        given_name = "".join(turned[1:])
        surname = _surname_table().get(turned[0])
        if surname and len(given_name) > 2 and _KOREAN_SYLLABLE.fullmatch(given_name):
            readings.append((surname, frozenset((_fold_name(given_name),))))
    return tuple(readings)


def same_syllables(first: Sequence[str], second: Sequence[str]) -> bool | None:
    """Are two names in Latin letters the same, syllable by syllable? None: they do not look it."""
    answers = [
        any(_are_same(*pair) for pair in product(readings, second_readings))
        for readings, second_readings in (
            (_chinese_syllables(tuple(first)), _chinese_syllables(tuple(second))),
            (_korean_syllables(tuple(first)), _korean_syllables(tuple(second))),
        )
        if readings and second_readings
    ]
    return any(answers) if answers else None


@lru_cache(16384)
def syllables_of(words: tuple[str, ...]) -> frozenset[str]:
    """What a Chinese or Korean name is found by, in whatever system it is written."""
    ways = (*_chinese_syllables(words), *_korean_syllables(words))
    return frozenset("".join(way) for syllables in ways for way in product(*syllables))


def _are_same(first: Syllables, second: Syllables) -> bool:
    return len(first) == len(second) and not any(map(frozenset.isdisjoint, first, second))
