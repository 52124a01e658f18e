"""What stays of a word when its ending is taken off, so that other forms of it are found too.

Words are looked for by their beginnings; so the index keeps them as they are, and only what is
typed is shortened. A stem is never so short that much else begins with it.
"""

import re

_CYRILLIC, ARABIC = re.compile("[\u0400-\u04ff]"), re.compile("[\u0600-\u06ff]")
_ENDINGS = {
    # Marks are gone by now: what was written й is и.
    "russian": (
        "иями ами ями иях ах ях иеи ием иям ам ям ов ев еи ом ем ия ие ии ию ья ье ью ои ыи ая яя"
        " ое ее ые ого его ому ему ыми ими ым им ых их ую юю ою ею ать ять ить еть ал ял ил ел ала"
        " ила али или ает яет ит ут ют ат ят а я о е ы и у ю ь"
    ),
    "arabic": "ات ون ين ان ية ها هم هن كم نا ه ة ي ا",
    "latin": "ies es ux s",
}
_BY_LENGTH = {
    name: sorted(endings.split(), key=len, reverse=True) for name, endings in _ENDINGS.items()
}
_SHORTEST = {"russian": 4, "arabic": 3, "latin": 4}


def stem_of(word: str, *, latin: bool = False) -> str:
    """A word in Cyrillic or Arabic letters without its ending; `latin`: others without that of a
    plural too.
    """
    name = "russian" if _CYRILLIC.search(word) else "arabic" if ARABIC.search(word) else "latin"
    if name == "latin" and not latin:
        return word
    longest = len(word) - _SHORTEST[name]
    fitting = (end for end in _BY_LENGTH[name] if len(end) <= longest and word.endswith(end))
    return word.removesuffix(next(fitting, ""))
