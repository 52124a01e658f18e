"""Words of different scripts, laid side by side letter by letter."""

import re
from functools import lru_cache

from anyascii import anyascii

from grants.integrity.names.alphabets import TABLES, Letter, Script, units_of
from grants.integrity.names.syllables import romaji
from grants.integrity.names.words import Word

_VOWELS = frozenset("aeiou")
_KIND = {
    unit: number
    for number, units in enumerate(
        (
            "b p f v ph bh w",
            "t d th dh",
            "k g q c kh gh ck",
            "s z sh ch j zh ts tz sch dj jh",
            "m n",
        )
    )
    for unit in units.split()
}
NEARLY = 0.5
_VOWEL_BEFORE = re.compile("([เแโใไ])(.)")
_UNHEARD_R = re.compile("(?<=[aeo])r(?=[^aeiouy]|$)")
_NOTHING = Letter(frozenset())
_END_OF_NG = Letter(frozenset({"g"}), skip=0.0)


@lru_cache(65536)
def letters_of(word: str, script: Script) -> tuple[Letter, ...]:
    """A word of a script as letters with what each may be in Latin letters."""
    table = TABLES[script]
    if script is Script.KANA:
        return tuple(table.get(unit, _NOTHING) for unit in _kana_sounds(word) if unit in table)
    letters: list[Letter] = []
    last: Letter | None = None
    if script is Script.ARABIC:
        word = _first_and_last(word)
    elif script is Script.THAI:
        word = _VOWEL_BEFORE.sub(r"\2\1", word)
    for letter in (table[sign] for sign in word if sign in table):
        letters.append(Letter(letter.units, letter.vowels, 0.15) if letter is last else letter)
        if letter is table.get("ง"):
            letters.append(_END_OF_NG)
        last = letter
    return tuple(letters)


def _first_and_last(word: str) -> str:
    """Alif at the beginning may be any vowel, ya at the end may be a: as hamza and alif maqsura."""
    word = "ء" + word[1:] if word[0] == "ا" else word
    return word[:-1] + "ى" if word[-1] == "ی" else word


def latin_of(word: Word) -> str:
    """A word in Latin letters, as well as that goes without knowing how it is read."""
    if word.script in (Script.LATIN, Script.IDEA):
        return word.text
    if word.script is Script.KANA:
        return romaji(word.text)
    return anyascii(word.text).lower()


def _kana_sounds(word: str) -> list[str]:
    """Kana as single sounds."""
    spread: list[str] = []
    for unit in units_of(romaji(word)):
        spread.extend(unit if unit[0] in _VOWELS else (unit,))
    return spread


@lru_cache(262144)
def difference(word: str, script: Script, latin: str) -> float:
    """How much is amiss when a word of a script is written so in Latin letters: 0 is nothing, 1 a
    consonant too many or too few.
    """
    if script is Script.THAI:
        latin = _UNHEARD_R.sub("", latin)
    letters, units = letters_of(word, script), units_of(latin)
    if abs(_count_needed(letters) - _count_consonants(units)) > 2:
        return 9.0
    row = [0.0]
    for unit in units:
        row.append(row[-1] + _unit_skip(unit))
    before: list[float] = []
    last = _NOTHING
    for letter in letters:
        above, row = row, [row[0] + letter.skip]
        for place, unit in enumerate(units):
            best = min(above[place + 1] + _skip_cost(letter, unit), row[place] + _unit_skip(unit))
            best = min(best, above[place] + _letter_cost(letter, unit))
            if before and len(unit) == 2 and unit[1] == "h":
                best = min(
                    best, before[place] + _letter_cost(last, unit[0]) + _letter_cost(letter, "h")
                )
            row.append(best)
        before, last = above, letter
    return row[-1]


@lru_cache(65536)
def _count_needed(letters: tuple[Letter, ...]) -> int:
    return sum(letter.skip >= 1 for letter in letters)


@lru_cache(65536)
def _count_consonants(units: tuple[str, ...]) -> int:
    return sum(unit[0] not in "aeiouyhwv" for unit in units)


def _skip_cost(letter: Letter, unit: str) -> float:
    """A run of vowels may stand for several letters."""
    if letter.vowels and len(unit) > 1 and unit[0] in _VOWELS:
        return min(letter.skip, 0.05)
    return letter.skip


def _letter_cost(letter: Letter, unit: str) -> float:
    if unit in letter.units:
        return 0.0
    if unit[0] in _VOWELS:
        return 0.0 if any(vowel in letter.vowels for vowel in unit) else 9.0
    if letter.units and unit in _KIND:
        kinds = {_KIND.get(candidate) for candidate in letter.units}
        return NEARLY if _KIND[unit] in kinds else 9.0
    return 9.0


_SKIPS = {"h": 0.25, "y": 0.3, "w": 0.6}


def _unit_skip(unit: str) -> float:
    if unit[0] in _VOWELS:
        return 0.0 if unit in ("a", "e") else 0.06 if len(unit) == 1 else 0.3
    return _SKIPS.get(unit, 1.0)


def consonants(latin: str) -> int:
    return sum(unit[0] not in _VOWELS for unit in units_of(latin))
