"""How each letter of a script is written in Latin letters: for scripts that leave vowels out or
that are spelled in many ways.
"""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache


class Script(StrEnum):
    """In what letters a word is written, as far as it matters for comparing."""

    LATIN = "latin"
    IDEA = "idea"
    """A general word, in any language."""
    ARABIC = "arabic"
    HEBREW = "hebrew"
    THAI = "thai"
    DEVANAGARI = "devanagari"
    KANA = "kana"
    HAN = "han"
    HANGUL = "hangul"
    OTHER = "other"


SYLLABIC = (Script.HAN, Script.HANGUL)
"""Characters that stand for syllables."""

_RANGES = (
    ("\u0590", "\u05ff", Script.HEBREW),
    ("\u0600", "\u08ff", Script.ARABIC),
    ("\u0900", "\u097f", Script.DEVANAGARI),
    ("\u0e00", "\u0e7f", Script.THAI),
    ("\u3040", "\u30ff", Script.KANA),
    ("\u3400", "\u9fff", Script.HAN),
    ("\uac00", "\ud7af", Script.HANGUL),
)
_ALPHABETIC = ("LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "GEORGIAN", "DIGIT", "ETHIOPIC")


@lru_cache(4096)
def script_of(letter: str) -> Script:
    """The script of one character."""
    for first, last, script in _RANGES:
        if first <= letter <= last:
            return script
    name = unicodedata.name(letter, "")
    return Script.LATIN if name.startswith(_ALPHABETIC) else Script.OTHER


@dataclass(frozen=True, slots=True)
class Letter:
    """What a letter may be in Latin letters, and how much is amiss if it is not there."""

    units: frozenset[str]
    vowels: str = ""
    skip: float = 1.0


def _consonant_table(rows: str, skip: float = 1.0) -> dict[str, Letter]:
    """Rows such as "ب b p": a letter and what it may be."""
    letters = {}
    for row in rows.split("|"):
        letter, *units = row.split()
        letters[letter] = Letter(frozenset(units), skip=skip)
    return letters


def _vowel_table(rows: str, skip: float) -> dict[str, Letter]:
    """Rows such as "و ou w v": a letter, the vowels it may be, the consonants it may be."""
    letters = {}
    for row in rows.split("|"):
        letter, vowels, *units = row.split()
        letters[letter] = Letter(frozenset(units), vowels, skip)
    return letters


_ARABIC = {
    **_consonant_table(
        "ب b p v bh|پ p b ph|ت t th|ٹ t th|ث th s t|ج j g dj dg zh dz|چ ch c tch|ح h kh ch|خ kh h k|د d t dh|ڈ d dh"
        "|ذ dh z th d|ر r|ڑ r|ز z s|ژ zh j|س s c z|ش sh ch s sch|ص s|ض d dh z|ط t|ظ z dh th d|غ gh g r"
        "|ف f v p|ڤ v f|ق q k g c gh ck|ك k c q ck g|ک k c q ck g kh|گ g k gh|ڨ g|ل l|م m|ن n|ں n|ځ dz z|ډ d|ړ r"
        "|ښ sh kh x|ڼ n|ټ t|څ ts s"
    ),
    **_consonant_table("ه h t|ھ h|ہ h|ة h t", 0.15),
    **_vowel_table("ا aeou|آ aoe|أ aeou|إ ieae|ى aei y", 0.25),
    **_vowel_table("ء aeiou|ئ aeiou y|ؤ aeou w|ع aeiou", 0.0),
    **_vowel_table("و ou w v", 0.45),
    **_vowel_table("ي iey y|ی iey y|ې iey y|ۍ iey y|ے eaiy y", 0.4),
}
_HEBREW = {
    **_consonant_table(
        "ב b v w|ג g j|ד d|ז z s|ח h ch kh|ט t|כ k c ch kh ck|ל l|מ m|נ n|ס s z c|פ p f ph|צ ts tz z s c"
        "|ק k q c ck|ר r|ש sh s sch|ת t th"
    ),
    **_vowel_table("א aeiou|ע aeiou|ה ae h", 0.0),
    **_vowel_table("ו ou v w|י ieay y j", 0.35),
}
_HEBREW |= {last: _HEBREW[usual] for last, usual in zip("ךםןףץ", "כמנפצ", strict=True)}
_THAI = {
    **_consonant_table(
        "ก k g c ck|ข k kh c|ค k kh c|ฆ k kh|จ ch j t c|ฉ ch c s|ช ch sh s j t|ซ s z t|ฌ ch|ญ y n|ฎ d t"
        "|ฏ t d|ฐ th t|ฑ th t d|ฒ th t|ณ n|ด d t|ต t d|ถ th t|ท th t d|ธ th t d dh|น n|บ b p v|ป p b"
        "|ผ ph p|ฝ f ph|พ ph p b|ฟ f ph|ภ ph p bh b|ม m|ล l r|ศ s t sh|ส s t|ฬ l n"
    ),
    **_consonant_table("ร r n l|ฤ r|ษ s t sh", 0.4),
    **_consonant_table("ห h|ฮ h", 0.1),
    **_vowel_table("ว uoa w v|ย ieay y j", 0.35),
    **_vowel_table(
        "อ aeiou|ะ a|ั aeiou|า a|ิ ie|ี ie|ึ ueoi|ื ueoi|ุ uo|ู uo|เ aeo|แ ae|โ o|ใ aiy|ไ aiy|ำ au", 0.05
    ),
    "ง": Letter(frozenset({"n"})),
}
_DEVANAGARI = {
    **_consonant_table(
        "क k c q ck|ख kh k|ग g|घ gh g|ङ n|च ch c|छ ch c|ज j z dj|झ jh j z|ञ n|ट t th|ठ th t|ड d r dh|ढ dh d r"
        "|ण n|त t th|थ th t|द d dh|ध dh d|न n|प p|फ ph f p|ब b v|भ bh b|म m|र r|ल l|व v w b|श sh s|ष sh s"
        "|स s|ळ l|ृ r"
    ),
    **_consonant_table("ह h|ं n m|ँ n m|ः h", 0.3),
    **_vowel_table("य ieay y j", 0.4),
    **_vowel_table("अ au|आ a|इ ieay|ई ieay|उ uo|ऊ uo|ऋ i|ए eai|ऐ aei|ओ o|औ auo", 0.3),
    **_vowel_table("ा a|ि iey|ी iey|ु uo|ू uo|े eai|ै aei|ो o|ौ auo|ॉ oa", 0.3),
}
_KANA = {
    **_consonant_table(
        "k k c q ck g|g g gh|s s sh c th|z z s dz th|t t d|d d t|n n m|h h f|b b v|p p ph|m m n|r r l|v v b w"
        "|f f h ph v|sh sh s c sch|ch ch t c tch|j j d z g dj zh|ts ts t z"
    ),
    **_vowel_table("a aeo|i iey|u uo w v|e eai|o oau", 0.05),
    **_vowel_table("y iey y j|w uo w v", 0.3),
}
TABLES = {
    Script.ARABIC: _ARABIC,
    Script.HEBREW: _HEBREW,
    Script.THAI: _THAI,
    Script.DEVANAGARI: _DEVANAGARI,
    Script.KANA: _KANA,
}

_UNIT = re.compile(
    "tsch|tch|tsh|sch|sh|ch|kh|gh|th|dh|zh|ph|bh|jh|ts|tz|ck|dj|dg|dz|[aeiou]+|y|w|x|[a-z]|[0-9]+"
)
_DOUBLE = re.compile(r"([^aeiou])\1+")
_TRIPLE = str.maketrans({"x": "ks"})
_ONE_UNIT = {"tsch": "ch", "tch": "ch", "tsh": "ch"}


@lru_cache(65536)
def units_of(latin: str) -> tuple[str, ...]:
    """A word in Latin letters as the sounds it is written with: shahin is sh, a, h, i, n."""
    plain = _DOUBLE.sub(r"\1", latin.translate(_TRIPLE))
    return tuple(_ONE_UNIT.get(unit, unit) for unit in _UNIT.findall(plain))
