"""Names are found by how their words begin, accents and case aside, in every script."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.core.database.stems import stem_of
from grants.core.database.words import parts_sought, speaks_of, words_of
from grants.core.people.models import Organisation
from tests.factories import an_organisation

NAMES = (
    "Fundación Éxito y Vida",
    "Дом надежды, Київ",
    "مركز حقوق-الإنسان",
    "外交部国际合作司",
    "St. John's Shelter/2",
)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("fundacion", 0),
        ("exi FUNDA", 0),
        ("ÉXITO", 0),
        ("надежд", 1),
        ("надеждой", 1),
        ("київ", 1),
        ("حقوق", 2),
        ("الإنسان", 2),
        ("انسان", 2),
        ("والحقوق للإنسان", 2),
        ("国际", 3),
        ("john shel", 4),
        ("shelter 2", 4),
        ("st.", 4),
        ("xito", None),
        ("john & exito", None),
        ("' | :*", None),
        ("100%", None),
    ],
)
def test_names_are_found_by_their_words(session: Session, typed: str, found: int | None) -> None:
    made = []
    for name in NAMES:
        made.append(an_organisation(session))
        made[-1].name = name
    session.flush()
    query = select(Organisation).where(speaks_of(typed, Organisation.name))
    assert session.scalars(query).all() == ([] if found is None else [made[found]])


def test_the_database_keeps_the_words_that_are_typed(session: Session) -> None:
    for name in NAMES[:3]:
        for word in words_of(name):
            kept = select(speaks_of(word, Organisation.name)).where(Organisation.name == name)
            an_organisation(session).name = name
            session.flush()
            assert session.scalars(kept.limit(1)).one(), word


@pytest.mark.parametrize(
    ("forms", "stem"),
    [
        ("жертва жертвы жертвам жертвами", "жертв"),
        ("организация организации организаций", "организац"),
        ("قانونية قانوني", "قانون"),
        ("منظمات منظمة", "منظم"),
        ("фонд", "фонд"),
        ("رجل", "رجل"),
    ],
)
def test_the_forms_of_a_word_have_one_stem(forms: str, stem: str) -> None:
    assert {stem_of(word) for word in words_of(forms)} == {stem}


def test_a_name_in_latin_letters_keeps_its_ending_and_a_plural_of_an_answer_does_not() -> None:
    assert stem_of("marcos") == "marcos"
    assert parts_sought("victimes mujeres travaux girls") == ["victim", "mujer", "trava", "girl"]
    assert parts_sought("贩运人口") == ["贩运", "运人", "人口"]
