"""Countries as the United Nations and people write them."""

import pytest

from grants.core.countries.countries import CODES, country_code, country_name, regional_group
from grants.core.countries.country_names_abroad import UN_NAMES_IN
from grants.core.kernel.language import speaking, use_language, written_language
from grants.core.kernel.taxonomies import RegionalGroup

WRITTEN = {
    "BA": "Bosnia and Herzegovina; BOSNIA & HERZEGOVINA; Bosnia-Herzegovina",
    "BO": "Bolivia (Plurinational State of); Bolivia, Plurinational State of",
    "CD": "Democratic Republic of the Congo; Congo, The Democratic Republic of the; DR Congo",
    "CG": "Congo; Republic of the Congo; Congo (the)",
    "CI": "Côte d’Ivoire; Cote d'Ivoire; CÔTE D'IVOIRE; Ivory Coast",
    "CZ": "Czechia; Czech Republic; the Czech Republic",
    "GB": "United Kingdom; UK; United Kingdom of Great Britain and Northern Ireland",
    "GM": "Gambia; The Gambia; Gambia (Republic of The)",
    "IR": "Iran; Iran (Islamic Republic of); Iran, Islamic Republic of; Islamic Republic of Iran",
    "KP": "DPRK; North Korea; Democratic People's Republic of Korea",
    "KR": "Republic of Korea; South Korea; Korea, Republic of; Korea (the Republic of)",
    "LA": "Lao People's Democratic Republic; Laos; Lao PDR",
    "LC": "Saint Lucia; St. Lucia; St Lucia",
    "MD": "Moldova; Republic of Moldova; Moldova, Republic of",
    "MK": "North Macedonia; The former Yugoslav Republic of Macedonia",
    "MM": "Myanmar; Burma; Myanmar (Burma)",
    "PS": "State of Palestine; Palestine, State of; Palestine; Occupied Palestinian Territory",
    "RU": "Russian Federation; Russia",
    "ST": "São Tomé and Príncipe; Sao Tome and Principe",
    "SY": "Syrian Arab Republic; Syria",
    "SZ": "Eswatini; Swaziland; Kingdom of Eswatini",
    "TR": "Türkiye; Turkey; TURKIYE; Republic of Türkiye",
    "TT": "Trinidad and Tobago; Trinidad & Tobago",
    "TZ": "United Republic of Tanzania; Tanzania; Tanzania, United Republic of",
    "US": "United States of America; USA; U.S.A.; United States",
    "VE": "Venezuela (Bolivarian Republic of); Venezuela",
    "VN": "Viet Nam; Vietnam; Socialist Republic of Viet Nam",
    "KE": "  kenya ; Republic of Kenya",
    "FR": "French Republic; FRANCE",
    "HK": "Hong Kong; Hong Kong SAR China",
}
EACH = [(code, name) for code, names in WRITTEN.items() for name in names.split(";")]


@pytest.mark.parametrize(("code", "name"), EACH)
def test_a_country_is_known_by_the_names_in_use(code: str, name: str) -> None:
    assert country_code(name) == code


@pytest.mark.parametrize("name", ["", "Atlantis", "Korea", "Republic of", "Republic of Nowhere"])
def test_a_name_that_tells_no_country_is_not_guessed(name: str) -> None:
    assert country_code(name) is None


def test_all_of_iso_3166_is_there_and_read_back_by_the_name_shown() -> None:
    assert len(CODES) == 249
    with use_language("en"):
        shown = {code: country_name(code) for code in CODES}
    assert len(set(shown.values())) == len(CODES)
    assert {code: country_code(name) for code, name in shown.items()} == {c: c for c in CODES}


@pytest.mark.parametrize(
    ("group", "members"),
    [
        (RegionalGroup.AFRICAN, 54),
        (RegionalGroup.ASIA_PACIFIC, 54),
        (RegionalGroup.EASTERN_EUROPEAN, 23),
        (RegionalGroup.LATIN_AMERICAN, 33),
        (RegionalGroup.WESTERN, 29),
    ],
)
def test_the_member_states_stand_in_their_groups(group: RegionalGroup, members: int) -> None:
    assert sum(regional_group(code) is group for code in CODES) == members


def test_turkiye_is_counted_with_western_european_and_other_states() -> None:
    assert regional_group("TR") is RegionalGroup.WESTERN
    assert regional_group("HK") is None
    assert regional_group("VA") is None


SENSITIVE = frozenset(
    {
        "BO",
        "CD",
        "CG",
        "FK",
        "FM",
        "GB",
        "HK",
        "IR",
        "KP",
        "KR",
        "LA",
        "MD",
        "MM",
        "MO",
        "NL",
        "PS",
        "RU",
        "SY",
        "TW",
        "TZ",
        "US",
        "VA",
        "VE",
    }
)
"""What is called otherwise in Unicode than at the United Nations, in every language."""


@pytest.mark.parametrize("language", sorted(UN_NAMES_IN))
def test_no_language_calls_a_country_as_the_united_nations_do_not(language: str) -> None:
    assert set(UN_NAMES_IN[language]) >= SENSITIVE
    with speaking(written_language(language)):
        names = {code: country_name(code) for code in CODES}
    assert len(set(names.values())) == len(CODES)
    assert all(names[code] == name for code, name in UN_NAMES_IN[language].items())
    assert all(name == name.strip() and name != code for code, name in names.items())


@pytest.mark.parametrize(
    "name", ["تايوان", "كوريا الشمالية", "كوريا الجنوبية", "الفاتيكان", "روسيا", "سوريا", "لاوس"]
)
def test_an_arabic_list_has_no_name_that_the_united_nations_avoid(name: str) -> None:
    with use_language("ar"):
        assert name not in {country_name(code) for code in CODES}
