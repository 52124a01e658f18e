"""Words in Latin letters, spelled by different ears: Hussein, Husain and Hossein are near, Hassan
is not.
"""

import re
from functools import cache, lru_cache
from itertools import accumulate

from rapidfuzz import fuzz

_FOLDS = tuple(
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        (r"shtsh|schtsch|shch|stsch|szcz", "S"),
        (r"tsch|tch|tsh|cz", "C"),
        (r"sch|sh|sz", "S"),
        (r"(?<=[iaeou])ch|ch", "C"),
        (r"zh", "Z"),
        (r"kh", "H"),
        (r"ph", "f"),
        (r"th", "t"),
        (r"dh", "d"),
        (r"gh", "g"),
        (r"bh", "b"),
        (r"djh|dzh|dj|dg(?=[ei])", "j"),
        (r"ck|q", "k"),
        (r"ts|tz", "c"),
        (r"x", "ks"),
        (r"w", "v"),
        (r"ae", "e"),
        (r"oe", "o"),
        (r"ue", "u"),
        (r"ou|oo|uu", "u"),
        (r"ee|ij|iy|yi|yy|ie", "i"),
        (r"ei|ey|ai|ay", "E"),
        (r"y", "i"),
        (r"gi(?=[aou])", "i"),
        (r"m(?=b)", ""),
        (r"(.)\1+", r"\1"),
        (r"(?<=[^aeiou])h$", ""),
        (r"(?<=[aeiou])h$", ""),
    )
)

LEAST = 58
"""Of 100 letters in common: below, nothing is counted."""

_NEAR = {
    "ao": 0.55, "ae": 0.3, "ai": 0.6, "au": 0.6, "ei": 0.25, "eo": 0.4, "eu": 0.5, "io": 0.6,
    "iu": 0.6, "ou": 0.15, "aE": 0.25, "eE": 0.2, "iE": 0.3, "kg": 0.4, "td": 0.4, "bp": 0.5,
    "sz": 0.35, "fv": 0.4, "gj": 0.35, "ij": 0.2, "jZ": 0.3, "jC": 0.5, "hH": 0.1, "kH": 0.4,
    "sS": 0.3, "SC": 0.3, "SZ": 0.3, "zZ": 0.25, "cs": 0.3, "cC": 0.25, "ck": 0.2, "cz": 0.3,
    "kC": 0.4, "uv": 0.3, "bv": 0.5, "HC": 0.4, "hC": 0.45, "pf": 0.6, "jz": 0.4, "gH": 0.5,
    "gh": 0.6, "mn": 0.8, "yi": 0.1, "Ei": 0.3, "kh": 0.6, "jh": 0.5, "uf": 0.4,
}  # fmt: skip
_COST = {(pair[0], pair[1]): cost for pair, cost in _NEAR.items()}
_COST |= {(second, first): cost for (first, second), cost in _COST.items()}
_VOWELS = frozenset("aeiouE")


@lru_cache(65536)
def folded(word: str) -> str:
    """A word with one sign for each sound: capital letters are sounds of several letters."""
    word = word.replace("-", "")
    for pattern, replacement in _FOLDS:
        word = pattern.sub(replacement, word)
    return word


@lru_cache(262144)
def difference(first: str, second: str) -> float:
    """How much is amiss between two words: 0 is nothing, 1 a consonant too many or another one."""
    first, second = folded(first), folded(second)
    if first == second:
        return 0.0
    if fuzz.ratio(first, second, score_cutoff=LEAST) < LEAST:
        return 9.0
    row = [0.0, *accumulate(map(_skip_cost, second))]
    for place, letter in enumerate(first):
        skip, above = _skip_cost(letter), row
        row = [cost := above[0] + skip]
        for at, counterpart in enumerate(second):
            if letter == counterpart:
                cost = min(above[at], above[at + 1] + skip, cost + _skip_cost(counterpart))
            else:
                last = place + 1 == len(first) and at + 1 == len(second)
                instead = above[at] + _replacement_cost(letter, counterpart, place) * (
                    1.4 if last else 1.0
                )
                cost = min(instead, above[at + 1] + skip, cost + _skip_cost(counterpart))
            row.append(cost)
    return row[-1]


@cache
def _replacement_cost(first: str, second: str, place: int) -> float:
    if first == second:
        return 0.0
    if first in _VOWELS and second in _VOWELS:
        cost = _COST.get((first, second), 0.6)
    else:
        cost = _COST.get((first, second), 1.0)
    return cost if place else cost * 1.2


_SKIPS = {"h": 0.25, "H": 0.8, "E": 0.5, "i": 0.35, "e": 0.3, "a": 0.45, "o": 0.5, "u": 0.4}


@cache
def _skip_cost(letter: str) -> float:
    return _SKIPS.get(letter, 1.0)
