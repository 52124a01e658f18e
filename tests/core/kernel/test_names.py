"""A name is the same however it is written down."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grants.core.kernel.names import Name, keys, likeness, plain_words, sound_of

ONE_AND_THE_SAME = [
    ("Мухаммад Абдулла Рахимов", "Muhammad Abdullah Rahimov"),
    ("محمد عبد الله", "Mohamed Abdullah"),
    ("José Ñúñez Ltd", "NUNEZ, Jose"),
    ("陈建国", "Chen Jianguo"),
    ("Владимир Щукин", "Wladimir Schtschukin"),
    ("Yusuf al-Karim", "Youssef El Kareem"),
    ("Fatima Zahra", "فاطمة الزهراء"),
    ("Hope Foundation", "The Hope Foundation for Children"),
    ("Green Earth Foundation", "Green Hearth Foundation"),
]
TWO = [
    ("Maria Garcia", "Mario Garza"),
    ("Nordwind AG", "Nordlicht AG"),
    ("Casa Segura", "Casa Amarela"),
    ("Ana", "Anatoli Brenko"),
    ("Sea", "So"),
]


@pytest.mark.parametrize(("one", "other"), ONE_AND_THE_SAME)
def test_the_same_name_written_otherwise_is_found(one: str, other: str) -> None:
    assert likeness(Name.of(one), Name.of(other)).score >= 85


@pytest.mark.parametrize(("one", "other"), TWO)
def test_other_names_are_told_apart(one: str, other: str) -> None:
    assert likeness(Name.of(one), Name.of(other)).score < 85


def test_articles_titles_and_legal_forms_do_not_tell_names_apart() -> None:
    assert plain_words("Dr. Al-Nur Trading GmbH & Co.") == ("nur", "trading")
    assert plain_words("The Co.") == ("the", "co")


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_two_texts_can_be_compared_either_way_round(one: str, other: str) -> None:
    there, back = likeness(Name.of(one), Name.of(other)), likeness(Name.of(other), Name.of(one))
    assert 0 <= there.score <= 100
    assert abs(there.score - back.score) <= 10


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyz ", min_size=3, max_size=40))
def test_a_name_is_like_itself(text: str) -> None:
    name = Name.of(text)
    assert likeness(name, name).score == (100 if name.words else 0)


def test_a_sound_is_found_though_one_consonant_is_amiss() -> None:
    heard, misheard = sound_of("dravenko"), sound_of("drafenko")
    assert set(keys(heard)) & set(keys(misheard))
