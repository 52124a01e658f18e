"""Text that may identify a victim draws a warning; honest figures do not."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grants.platform.questionnaires.form import Section
from grants.platform.questions import LongText, ShortText
from grants.platform.questions.personal import findings
from grants.platform.questions.reading import Fault


@pytest.mark.parametrize(
    ("text", "looks_like"),
    [
        ("Call her at +254 712 345 678 at night.", "telephone"),
        ("tel. 0712 345678", "telephone"),
        ("00 33 6 12 34 56 78", "telephone"),
        ("هاتف 0501234567", "telephone"),
        ("Amina, 16 years old, was sold by an uncle.", "name and age"),
        ("Maria (15 years) fled.", "name and age"),
        ("María, de 16 años", "name and age"),
        ("Fatou aged 14 came to us.", "name and age"),
        ("born on 12/03/2004", "date of birth"),
        ("DOB: 3 March 2001", "date of birth"),
        ("née le 4 mai 2003", "date of birth"),
        ("出生2004年5月", "date of birth"),
        ("Her passport no. A1234567 was kept.", "identity document"),
        ("cédula 001-010190-0001A", "identity document"),
    ],
)
def test_what_may_tell_of_a_person_is_found(text: str, looks_like: str) -> None:
    assert any(looks_like in finding.message for finding in findings(text))


@pytest.mark.parametrize(
    "text",
    [
        "In 2024-2025 we helped 1 200 people and 350 families.",
        "USD 1,234,567.50, or 5.000.000 in all",
        "Girls aged 12-17, women aged 18 to 24, and Girls aged 14",
        "120 women and 12 girls; Age 12 to 17; Over 18 years old",
        "From 1.1.2024 to 31.12.2024; law 263/2005 of 27.3.2005",
        "We have worked for 15 years. In Benin, 15 years ago, it began.",
        "Phase 2, 3 years; SDG 16.2.2 and 5.2; ISO 9001",
        "People born into debt bondage; our Tel Aviv office opened in 2010",
        "Nairobi: 250 000 people",
    ],
)
def test_figures_of_a_proposal_draw_no_warning(text: str) -> None:
    assert findings(text) == []


@pytest.mark.parametrize(
    ("text", "excerpts"),
    [
        ("Call her: phone +504 9876 5432.", ["phone +504 9876 5432"]),
        ("whatsapp 00504 98765432", ["whatsapp 00504 98765432"]),
        ("tel +504 9876 5432 or +43 1 260600", ["tel +504 9876 5432", "+43 1 260600"]),
    ],
)
def test_the_same_words_are_asked_about_once(text: str, excerpts: list[str]) -> None:
    assert [finding.excerpt for finding in findings(text)] == excerpts


def test_a_warning_is_answered_for_these_words_and_no_others() -> None:
    section = Section(
        key="s",
        title={"en": "S"},
        questions=(
            LongText(key="story", label={"en": "Story"}),
            ShortText(key="contact", label={"en": "Contact"}, people=True),
        ),
    )
    typed = {"q_story": ["Amina, 16 years old"], "q_contact": ["Luz Reyes, +504 2233 4455"]}
    doubts = section.doubts(typed)
    assert [problem.fault for problem in section.read(typed).problems] == [Fault.DOUBT]
    attested = [doubt.digest for doubt in doubts]
    assert section.read(typed, attested=attested).problems == []
    more = {"q_story": ["Amina, 16 years old, and Fatou aged 14"]}
    assert len(section.read(more, attested=attested).problems) == 1


@given(st.text(max_size=300))
def test_any_text_can_be_looked_at(text: str) -> None:
    assert all(finding.excerpt for finding in findings(text))


@pytest.mark.parametrize("piece", ["+1 ", "tel 1", "Aa, 1", "passport A1-", "born 1/1/", "aged 1 "])
def test_looking_takes_no_longer_for_a_text_made_to_be_slow(piece: str) -> None:
    begun = time.perf_counter()
    findings(piece * 8000)
    assert time.perf_counter() - begun < 5
