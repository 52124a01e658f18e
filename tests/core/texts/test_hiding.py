"""Names are hidden whatever their case, accents, spacing and script; other words stay."""

import pytest

from grants.core.texts.hiding import Hiding, Name, Written

HIDDEN = (
    ("Casa Segura", "The Casa Segura shelter", "The … shelter"),
    ("Casa Segura", "CASA-SEGURA, casa  segura; CasaSegura", "…, …; …"),
    ("Fundación Niñez", "la fundacion ninez", "la …"),
    ("Fundacion Ninez", "la Fundacio\u0301n Nin\u0303ez.", "la …."),
    ("Casa Segura", "see https://www.casasegura.org/about or #CasaSeguraHN", "see … or …"),
    ("Casa Segura", "write to luz@example.org", "write to …"),
    ("Casa Segura", "see https://www.unodc.org/glotip", "see https://www.unodc.org/glotip"),
    ("Casa Segura", "a casa with segura", "a casa with segura"),
    ("HOPE", "We hope; hopeful", "We …; hopeful"),
    ("ES", "ES es grande", "… es grande"),
    ("Надежда", "работа Надежды и «НАДЕЖДА»", "работа … и «…»"),
    ("Straße", "the STRASSE house", "the … house"),
    ("دار الأمان", "تعمل دار الامان ودارُ الأمان في", "تعمل … و… في"),
    ("أمل", "منظمة أمل والأمل والعملاء", "منظمة … … والعملاء"),
    ("希望之家", "我们的希望之家成立于", "我们的…成立于"),
    ("Hope House", "我们HOPE HOUSE成立于", "我们…成立于"),
    ("บ้านปลอดภัย", "มูลนิธิบ้านปลอดภัยก่อตั้ง", "มูลนิธิ…ก่อตั้ง"),
    ("희망의집", "우리 희망의집은", "우리 …은"),
    ("सुरक्षित घर", "हम सुरक्षित घर में", "हम … में"),
    ("12-345/A", "registered as 12345A.", "registered as …."),
    ("X", "X marks", "X marks"),
    ("!", "stays!", "stays!"),
)


@pytest.mark.parametrize(("name", "text", "left"), HIDDEN)
def test_a_name_is_hidden_however_it_is_written(name: str, text: str, left: str) -> None:
    assert Hiding((Name(name),)).hide(text, "…") == left


def test_a_name_that_is_a_word_too_is_hidden_where_it_is_written_large() -> None:
    names = Hiding((Name("Reyes", Written.AS_A_NAME),))
    assert names.hide("Ms Reyes, and the reyes magos", "…") == "Ms …, and the reyes magos"


def test_names_that_overlap_leave_no_part_of_any() -> None:
    names = Hiding((Name("Casa Segura"), Name("Segura Norte"), Name("Casa")))
    assert names.hide("Casa Segura Norte helps", "…") == "… helps"


def test_a_long_text_without_spaces_takes_no_long_time() -> None:
    names = Hiding(tuple(Name(f"名字{number}号") for number in range(30)))
    assert names.hide("人" * 20_000, "…") == "人" * 20_000
