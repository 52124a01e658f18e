"""Countries by ISO 3166 alpha-2 code: names by Babel in the reader's language, regional groups."""

from collections.abc import Iterable
from functools import cache

from babel import Locale

from grants.core.kernel.language import current_language
from grants.core.kernel.taxonomies import RegionalGroup

_MEMBERS: dict[RegionalGroup, str] = {
    RegionalGroup.AFRICAN: (
        "DZ AO BJ BW BF BI CV CM CF TD KM CG CI CD DJ EG GQ ER SZ ET GA GM GH GN GW KE LS LR LY "
        "MG MW ML MR MU MA MZ NA NE NG RW ST SN SC SL SO ZA SS SD TG TN UG TZ ZM ZW"
    ),
    RegionalGroup.ASIA_PACIFIC: (
        "AF BH BD BT BN KH CN CY KP FJ IN ID IR IQ JP JO KZ KI KW KG LA LB MY MV MH FM MN MM NR NP "
        "OM PK PW PG PH QA KR WS SA SG SB LK SY TJ TH TL TO TR TM TV AE UZ VU VN YE"
    ),
    RegionalGroup.EASTERN_EUROPEAN: (
        "AL AM AZ BY BA BG HR CZ EE GE HU LV LT ME MK PL MD RO RU RS SK SI UA"
    ),
    RegionalGroup.LATIN_AMERICAN: (
        "AG AR BS BB BZ BO BR CL CO CR CU DM DO EC SV GD GT GY HT HN JM MX NI PA PY PE KN LC VC SR "
        "TT UY VE"
    ),
    RegionalGroup.WESTERN: (
        "AD AU AT BE CA DK FI FR DE GR IS IE IL IT LI LU MT MC NL NZ NO PT SM ES SE CH GB US"
    ),
}
"""Membership as published by the United Nations; Kiribati is listed with Asia-Pacific here."""

_OTHERS = "PS VA"
"""Observer States, which an organisation may come from."""

_GROUP_OF = {code: group for group, codes in _MEMBERS.items() for code in codes.split()}
CODES = frozenset(_GROUP_OF) | frozenset(_OTHERS.split())


def country_name(code: str) -> str:
    """The country in the reader's language; an unknown code as it is."""
    return str(current_language().locale.territories.get(code, code))


def regional_group(code: str) -> RegionalGroup | None:
    """The UN regional group; None for an observer State."""
    return _GROUP_OF.get(code)


def country_choices() -> list[tuple[str, str]]:
    """(code, name), by name in the reader's language."""
    return list(_choices(current_language().code))


@cache
def _choices(_language: str) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(((code, country_name(code)) for code in CODES), key=lambda pair: pair[1]))


def countries_in(groups: Iterable[RegionalGroup]) -> list[str]:
    """The codes of the countries in any of these regional groups."""
    return [code for group in groups for code in _MEMBERS[group].split()]


_ALSO_CALLED = {
    "democratic people's republic of korea": "KP",
    "democratic republic of the congo": "CD",
    "iran (islamic republic of)": "IR",
    "islamic republic of iran": "IR",
    "lao people's democratic republic": "LA",
    "republic of korea": "KR",
    "russian federation": "RU",
    "state of palestine": "PS",
    "syrian arab republic": "SY",
    "türkiye": "TR",
    "turkiye": "TR",
    "united kingdom of great britain and northern ireland": "GB",
    "united republic of tanzania": "TZ",
    "united states of america": "US",
    "viet nam": "VN",
}
"""Names that the United Nations writes and Babel does not."""


def country_code(name: str) -> str | None:
    """The code of a country by its English name, as the United Nations or Babel writes it."""
    return _by_name().get(" ".join(name.lower().replace("’", "'").split()))


@cache
def _by_name() -> dict[str, str]:
    names = Locale("en").territories
    known = {str(names[code]).lower().replace("’", "'"): code for code in CODES if code in names}
    return known | _ALSO_CALLED
