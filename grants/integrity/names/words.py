"""A name as the words that it is compared by."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from operator import itemgetter

from anyascii import anyascii

from grants.integrity.names.alphabets import Script, script_of
from grants.integrity.names.east_asia import simplified
from grants.integrity.names.lexicon import LEGAL, PARTICLES, TITLES, ideas, ideographic, plain

INITIAL = 0.2
GENERAL = 0.25
"""What a general word weighs beside one that is only this name's."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a name: in small Latin letters, an idea, or in the letters of its own script."""

    text: str
    script: Script
    weight: float = 1.0
    native: str = ""
    """As it was written, where that was in another script."""

    @property
    def initial(self) -> bool:
        return self.script is Script.LATIN and len(self.text) == 1 and self.text.isalpha()


_SPACED = (Script.HAN, Script.HANGUL)
_SILENT = re.compile("[ทตดษ](?=[รณ]์)|[\u0e00-\u0e7f][\u0e31-\u0e3a]?\u0e4c|[\u0e47-\u0e4e]")
_THAI_TITLES = ("นางสาว", "นาง", "นาย", "ดร.", "พลเอก", "บริษัท")
_ARTICLE = re.compile("^(?:وال|بال|لل|ال)(?=..)")


@lru_cache(65536)
def words_of(text: str) -> tuple[Word, ...]:
    """The words of a name, without titles, articles and legal forms if there is anything else."""
    words = [word for token in _tokens_in(plain(text)) for word in _words_of_token(token)]
    weighty = [word for word in words if word.weight > 0]
    return tuple(_join_compounds(weighty or [Word(w.text, w.script, 1.0, w.native) for w in words]))


def raw_words_of(text: str) -> tuple[Word, ...]:
    """The words of a name with its titles and articles, which weigh little."""
    words = [word for token in _tokens_in(plain(text)) for word in _words_of_token(token)]
    return tuple(word if word.weight else Word(word.text, word.script, 0.2) for word in words)


def _tokens_in(text: str) -> Iterator[tuple[str, Script]]:
    """Runs of letters of one script."""
    for run in re.findall(r"[^\W_]+(?:[\u0900-\u0903\u093a-\u094f\u0e31-\u0e4e]+[^\W_]*)*", text):
        kinds = [(letter, _script_in(letter, run)) for letter in run]
        for script, letters in groupby(kinds, itemgetter(1)):
            yield "".join(letter for letter, _script in letters), script


def _script_in(letter: str, run: str) -> Script:
    script = script_of(letter)
    return script_of(run[0]) if script is Script.OTHER else script


def _words_of_token(token: tuple[str, Script]) -> Iterable[Word]:
    text, script = token
    if script is Script.LATIN:
        return [_alphabetic_word(text)]
    if script in _SPACED or (script is Script.KANA and len(text) > 3):
        return _words_unspaced(text, script)
    return _of_script(text, script)


def _alphabetic_word(text: str) -> Word:
    """A word of an alphabet with vowels, in Latin letters."""
    latin = latin_letters(text)
    if len(text) > 1 and {text, latin} & (LEGAL | TITLES | PARTICLES):
        return Word(latin, Script.LATIN, 0.0)
    idea = ideas().get(text) or ideas().get(latin) or ideas().get(_singular_of(latin))
    if len(latin) == 1 and latin.isalpha():
        return Word(latin, Script.LATIN, INITIAL)
    return (
        _general_word(idea, text)
        if idea
        else Word(latin, Script.LATIN, native=text if text != latin else "")
    )


_CYRILLIC = str.maketrans(
    {"х": "kh", "щ": "shch", "ё": "yo", "ж": "zh", "ћ": "c", "ђ": "dj", "џ": "dj", "җ": "j"}
)
_GREEK = (
    ("μπ", "mb"),
    ("ντ", "nt"),
    ("γκ", "g"),
    ("γγ", "ng"),
    ("ου", "u"),
    ("αυ", "av"),
    ("ευ", "ev"),
    ("χ", "h"),
)


def _singular_of(latin: str) -> str:
    return latin[:-1] if len(latin) > 4 and latin.endswith("s") else latin


def latin_letters(text: str) -> str:
    if "\u0370" <= text[0] <= "\u03ff":
        text = "".join(
            c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c)
        )
        text = re.sub("^μπ", "b", re.sub("^ντ", "d", text))
        for written, replacement in _GREEK:
            text = text.replace(written, replacement)
    text = text.translate(_CYRILLIC)
    latin = re.sub("[^a-z0-9]", "", anyascii(text).lower())
    return _fold_servant(latin)


def _general_word(idea: str, text: str) -> Word:
    """Countries tell names apart; other general words hardly do."""
    return Word(idea, Script.IDEA, 1.0 if idea.startswith("=") else GENERAL, text)


def _words_unspaced(text: str, script: Script) -> Iterable[Word]:
    """Chinese, Korean and Japanese: general words are found inside."""
    for general in ideographic():
        if general in text:
            before, after = text.split(general, 1)
            idea = () if general in LEGAL else (_general_word(ideas()[general], general),)
            return [
                *(_words_unspaced(before, script) if before else ()),
                *idea,
                *(_words_unspaced(after, script) if after else ()),
            ]
    native = simplified(text) if script is Script.HAN else text
    weight = 1.0 if script is Script.KANA else max(1.0, 0.75 * len(text))
    return [Word(text, script, weight, native)]


def _of_script(text: str, script: Script) -> list[Word]:
    if text in TITLES or text in LEGAL or text in PARTICLES:
        return [Word(text, script, 0.0, text)]
    bare = _ARTICLE.sub("", text) if script is Script.ARABIC and text != "الله" else text
    idea = ideas().get(text) or ideas().get(bare)
    if idea:
        return [_general_word(idea, bare)]
    if script is Script.ARABIC:
        bare = _OF_FAITH.sub("دین", _fold_servant(bare))
    if script is Script.THAI:
        for title in _THAI_TITLES:
            bare = bare.removeprefix(title) or bare
        for general in (word for word in ideas() if len(word) > 3 and script_of(word[0]) is script):
            if bare.startswith(general) and bare != general:
                remainder = bare.removeprefix(general)
                return [_general_word(ideas()[general], general), *_of_script(remainder, script)]
        bare = _SILENT.sub("", bare)
    return [Word(bare, script, 1.0, bare)]


_SERVANT = re.compile(
    "^(?:abd-?[aeou]+(?:l|r(?=r)|s(?=s|h)|z(?=z)|n(?=n)|d(?=d)|t(?=t))?-?(?=..)|abd(?=[^aeou-]..))"
)
_FAITH = re.compile("^(?:[aeu]l?)?d+(?:i|ee|ie|y)ne?$")
_GOD = frozenset(("allah", "ullah", "ulla", "alla", "الله", "اللہ"))


_SERVANT_ARABIC = re.compile("(?<=^عبد)ال(?=..)|(?<=^ابو)ال(?=..)")
_OF_FAITH = re.compile("(?<=..)الدین$")


def _fold_servant(text: str) -> str:
    """Abd al-Rahman in whatever way it is joined."""
    return _SERVANT_ARABIC.sub("", _SERVANT.sub("abd-", text))


def _join_compounds(words: list[Word]) -> Iterator[Word]:
    """Compounds as one word: Abd al-Rahman, Nur ud-Din, Atiq Ullah."""
    compound: Word | None = None
    for word in words:
        if compound is not None and _belongs_to(compound, word):
            text = _fold_servant(compound.text + _tail_of(word))
            compound = Word(text, compound.script, 1.0, compound.native + word.native)
            continue
        if compound is not None:
            yield compound
        compound = word
    if compound is not None:
        yield compound


def _tail_of(word: Word) -> str:
    if word.script is Script.IDEA:
        return word.native
    return "din" if word.script is Script.LATIN and _FAITH.match(word.text) else word.text


_SERVANTS = frozenset(
    [
        "عبد",
        "ابو",
        "ام",
        "abd",
        "abdul",
        "abdel",
        "abdal",
        "abdol",
        "abdur",
        "abdus",
        "abder",
        "abdoul",
    ]
)


def _belongs_to(compound: Word, word: Word) -> bool:
    if compound.script is Script.IDEA:
        return False
    if compound.text in _SERVANTS:
        return word.script in (compound.script, Script.IDEA)
    if compound.script is not word.script:
        return False
    return word.text in _GOD or word.text == "دین" or bool(_FAITH.match(word.text))
