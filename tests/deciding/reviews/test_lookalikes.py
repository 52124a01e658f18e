"""In a blind review, names are hidden where they are misspelt or in another script, too."""

import time
from itertools import chain

import pytest

from grants.core.texts.hiding import Hiding, Name
from grants.deciding.blind_review.applicant_names import (
    _organisation_names,
    _person_names,
    places_in,
)
from grants.deciding.blind_review.blinding import Blind
from grants.deciding.blind_review.lookalikes import Lookalikes
from tests.applying.applications.answers import complete_answers

ORGANISATIONS = {
    "Fundación Casa Segura de Honduras": (
        "Casa Segura",
        "Casa Sgeura",
        "Cassa Segura",
        "Kasa Segura",
        "Casas Seguras",
        "كاسا سيغورا",
    ),
    "بيت الأمان": ("بيت الامن", "Beit al-Aman", "Bayt Alaman", "Beit el Amaan"),
    "Norte Unido": ("Nort Unido", "Norte Unidos", "Norte  Unydo", "نورتي أونيدو"),
    "Puente de Paz": ("Poente de Paz", "Puente Paz", "Puentes de Paz"),
    "Надежда без границ": ("Nadezhda bez granits", "Nadejda bez granitz", "Надежды без границ"),
    "Kolkata Sahara Trust": ("Kolkatta Sahara", "Colkata Sahara", "Kolkata Sahaara"),
}
PEOPLE = {
    "Marco Díaz": ("Marko Dias", "Marcos Diaz", "Марко Диас", "Díaz Marco", "ماركو دياز"),
    "Luz Reyes": ("Luz Reies", "Luz Reyez", "Ms Reies"),
    "محمد حداد": ("Mohamed Haddad", "Mohammed Hadad", "Muhammad Haddad", "Mohamad Hadad"),
    "Надежда Иванова": ("Nadezhda Ivanova", "Nadejda Ivanova", "Nadezhda Ivanowa"),
}
APPLICANT = (
    *chain.from_iterable(_organisation_names([name]) for name in ORGANISATIONS),
    *_person_names(PEOPLE),
)
WRITTEN = [
    (name, variant)
    for known in (ORGANISATIONS, PEOPLE)
    for name, variants in known.items()
    for variant in variants
]
ORDINARY = (
    "In a safe house on the northern coast, six girls a month find a bed, a doctor and a lawyer.",
    "The market of Monday is the day on which boys are counted; the police of the district help.",
    "Deux femmes sur trois ont un emploi six mois plus tard. La maison est sûre; la paix revient.",
    "Seis meses después, según la policía, dos de tres siguen en la escuela. La casa es segura.",
    "تتلقى الناجيات الرعاية الطبية والقانونية في مكان قريب، ويعود الأطفال إلى المدرسة.",
)
"""Texts without a name, some with its words."""


def blind_to(names: tuple[Name, ...]) -> Blind:
    kept = tuple(dict.fromkeys(names))
    return Blind(Hiding(kept), Lookalikes(kept), "[…]")


def test_misspelt_and_transliterated_names_are_hidden() -> None:
    blind = blind_to(APPLICANT)
    left = [
        (name, variant)
        for name, variant in WRITTEN
        if blind.text(f"We are with {variant} here.").replace("[…]", "") != "We are with  here."
    ]
    assert len(left) <= len(WRITTEN) // 10, left


@pytest.mark.parametrize("text", ORDINARY)
def test_a_text_without_a_name_is_left_as_it_is(text: str) -> None:
    assert blind_to(APPLICANT).text(text) == text


def test_answers_that_name_nobody_are_left_as_they_are() -> None:
    answers = complete_answers("HN", 12_000)
    texts = [one for section in answers.values() for typed in section.values() for one in typed]
    blind = blind_to(tuple(_person_names(PEOPLE.keys() - {"Luz Reyes"})))
    assert [text for text in texts if blind.text(text) != text] == []


def test_many_titles_of_many_applicants_take_a_moment() -> None:
    houses = [tuple(_organisation_names([f"Casa {chr(65 + n)}mparo de {n}"])) for n in range(20)]
    blinds = [blind_to((*APPLICANT, *house)) for house in houses]
    title = "Medical and psychosocial care for mothers who were trafficked, and their children"
    for blind in blinds:
        blind.text(title)
    begun = time.process_time()
    for blind in (blind_to((*APPLICANT, *house)) for house in houses):
        blind.text(title)
    assert time.process_time() - begun < 1, "a list of twenty took more than 50 ms for each title"


def test_a_place_that_is_part_of_the_name_is_hidden_too() -> None:
    name = "River House Mawlamyine Myanmar"
    texts = ["Mawlamyine, Yangon", "12 Strand Road, Mawlamyine, Myanmar", "A house by the river."]
    blind = blind_to((*_organisation_names([name]), *places_in([name], texts)))
    told = blind.text("In Mawlamyine, Myanmar, and in Yangon: a house for girls by the river.")
    assert told == "In […], Myanmar, and in Yangon: a house for girls by the river."
