"""Countries and territories by ISO 3166 alpha-2 code: names in the reader's language, as the United
Nations writes them; regional groups of the Member States.
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import cache

from babel import Locale
from babel.numbers import get_territory_currencies

from grants.core.countries.country_names import ALSO_CALLED, UN_NAMES
from grants.core.countries.country_names_abroad import UN_NAMES_IN
from grants.core.kernel.collation import collation_key
from grants.core.kernel.language import current_language
from grants.core.kernel.taxonomies import RegionalGroup

_MEMBERS: dict[RegionalGroup, str] = {
    RegionalGroup.AFRICAN: (
        "DZ AO BJ BW BF BI CV CM CF TD KM CG CI CD DJ EG GQ ER SZ ET GA GM GH GN GW KE LS LR LY "
        "MG MW ML MR MU MA MZ NA NE NG RW ST SN SC SL SO ZA SS SD TG TN UG TZ ZM ZW"
    ),
    RegionalGroup.ASIA_PACIFIC: (
        "AF BH BD BT BN KH CN CY KP FJ IN ID IR IQ JP JO KZ KI KW KG LA LB MY MV MH FM MN MM NR NP "
        "OM PK PW PG PH QA KR WS SA SG SB LK SY TJ TH TL TO TM TV AE UZ VU VN YE"
    ),
    RegionalGroup.EASTERN_EUROPEAN: (
        "AL AM AZ BY BA BG HR CZ EE GE HU LV LT ME MK PL MD RO RU RS SK SI UA"
    ),
    RegionalGroup.LATIN_AMERICAN: (
        "AG AR BS BB BZ BO BR CL CO CR CU DM DO EC SV GD GT GY HT HN JM MX NI PA PY PE KN LC VC SR "
        "TT UY VE"
    ),
    RegionalGroup.WESTERN: (
        "AD AU AT BE CA DK FI FR DE GR IS IE IL IT LI LU MT MC NL NZ NO PT SM ES SE CH TR GB US"
    ),
}
"""Membership for elections, as published by the United Nations. Türkiye takes part in two groups
and is counted with Western European and other States; Kiribati is listed with Asia-Pacific here.
"""

_OTHERS = "PS VA"
"""Observer States, which an organisation may come from."""

_GROUP_OF = {code: group for group, codes in _MEMBERS.items() for code in codes.split()}
_TERRITORIES = (
    "AI AQ AS AW AX BL BM BQ BV CC CK CW CX EH FK FO GF GG GI GL GP GS GU HK HM IM IO JE KY MF MO "
    "MP MQ MS NC NF NU PF PM PN PR RE SH SJ SX TC TF TK TW UM VG VI WF YT"
)
"""Territories, and States that are no members: an organisation may stand there, a donor too."""

CODES = frozenset(_GROUP_OF) | frozenset((_OTHERS + " " + _TERRITORIES).split())
"""All of ISO 3166-1."""


def country_name(code: str) -> str:
    """The country in the reader's language, as the United Nations writes it; an unknown code as it
    is.
    """
    language = current_language()
    name = _UN_NAMES.get(language.code, {}).get(code)
    return name or str(language.locale.territories.get(code, code))


_UN_NAMES = {"en": UN_NAMES, **UN_NAMES_IN}


def regional_group(code: str) -> RegionalGroup | None:
    """The UN regional group; None for an observer State or a territory."""
    return _GROUP_OF.get(code)


def by_country_name(codes: Iterable[str]) -> list[tuple[str, str]]:
    """(code, name), in the order of the names in the reader's language."""
    names = ((code, country_name(code)) for code in codes)
    return sorted(names, key=lambda pair: collation_key(pair[1]))


def country_choices() -> list[tuple[str, str]]:
    """Every country as (code, name), by name in the reader's language."""
    return list(_country_choices(current_language().code))


@cache
def _country_choices(_language: str) -> tuple[tuple[str, str], ...]:
    return tuple(by_country_name(CODES))


def currency_of(country: str | None) -> str | None:
    """The currency that people in a country pay with today."""
    currencies = get_territory_currencies(country, non_tender=False) if country else []
    return currencies[0] if currencies else None


def countries_in(groups: Iterable[RegionalGroup]) -> list[str]:
    """The codes of the countries in any of these regional groups."""
    return [code for group in groups for code in _MEMBERS[group].split()]


def whole_groups(codes: Iterable[str]) -> tuple[list[RegionalGroup], list[str]]:
    """The regional groups all of whose members are among these countries; and the countries that
    are in none of these groups.
    """
    remaining = set(codes)
    groups = [group for group in RegionalGroup if remaining.issuperset(countries_in([group]))]
    return groups, sorted(remaining.difference(countries_in(groups)))


def country_code(name: str) -> str | None:
    """The code of a country by its English name, as the United Nations or people write it:
    capitals, accents, “&” or “and”, “St.” or “Saint”, “the” do not count, and “Republic of” and the
    like may stand before or after. None for a name that nobody uses.
    """
    bare = _bare_name(name)
    if code := _by_name().get(bare):
        return code
    formal = _FORMAL.fullmatch(bare) or _TURNED.fullmatch(bare)
    return _by_name().get(formal[1]) if formal else None


_KINDS = "republic|kingdom|state|commonwealth|union|principality|sultanate|grand duchy"
_FORMAL = re.compile(rf"(?:\w+ )*(?:{_KINDS}) of (.+)")
_TURNED = re.compile(rf"(.+?) (?:\w+ )*(?:{_KINDS}) of")


def _bare_name(name: str) -> str:
    decomposed = unicodedata.normalize("NFKD", name.replace("&", " and ").replace("ı", "i"))
    letters = "".join(sign for sign in decomposed if not unicodedata.combining(sign)).casefold()
    words = re.sub(r"['’‘`ʼ]", "", letters)
    words = re.sub(r"[\W_]+", " ", words).strip()
    words = re.sub(r"\bst\b", "saint", words)
    return " ".join(word for word in words.split() if word != "the")


@cache
def _by_name() -> dict[str, str]:
    """Later ones count more: what the United Nations writes above what Unicode does."""
    unicode = Locale("en").territories
    names = [(str(unicode[code]), code) for code in sorted(CODES) if code in unicode]
    names += [(name, code) for code, called in ALSO_CALLED.items() for name in called.split(",")]
    names += [(name, code) for code, name in UN_NAMES.items()]
    return {_bare_name(name): code for name, code in names}
