"""Marks between the parts of a line stand as each language writes them."""

import pytest

from grants.core.kernel.language import use_language
from grants.core.texts.actors import actor_name, person_name
from grants.core.texts.formats import show
from grants.core.texts.marks import (
    bracketed,
    joined_names,
    listed_texts,
    sentence,
    spaced,
    spoken,
)
from grants.core.texts.templates import environment


@pytest.mark.parametrize(
    ("code", "marks"),
    [
        ("en", ", |; |: |. "),
        ("ar", "، |؛ |: |. "),
        ("fr", ", |\u00a0; |\u00a0: |. "),
        ("ru", ", |; |: |. "),
        ("zh", "、|；|：|。"),
    ],
)
def test_marks_have_the_spaces_of_the_language(code: str, marks: str) -> None:
    with use_language(code):
        assert "|".join(map(spaced, ",;:.")) == marks


def test_a_sentence_ends_and_a_remark_stands_in_brackets_as_the_language_writes_them() -> None:
    assert sentence("Up to 10 MB") + bracketed("PDF & JPG") == "Up to 10 MB. (PDF &amp; JPG)"
    with use_language("zh"):
        assert sentence("10 MB") + bracketed("PDF") == "10 MB。（PDF）"


def test_what_a_link_leads_to_is_heard_as_a_remark_beside_its_verb() -> None:
    with use_language("zh"):
        assert spoken("A & B") == (
            '<span class="govuk-visually-hidden">（<bdi>A &amp; B</bdi>）</span>'
        )


@pytest.mark.parametrize(
    ("code", "texts", "written"),
    [
        ("en", ["a", "b", "c"], "a, b and c"),
        ("es", ["Kenya", "Irán"], "Kenya e Irán"),
        ("es", ["niñas", "niños", "hijos"], "niñas, niños e hijos"),
        ("es", ["agua", "hielo"], "agua y hielo"),
        ("es", ["Irán"], "Irán"),
        ("zh", ["甲", "乙"], "甲和乙"),
    ],
)
def test_texts_are_listed_as_a_sentence_of_the_language(
    code: str, texts: list[str], written: str
) -> None:
    with use_language(code):
        assert listed_texts(texts) == written


def test_an_erased_person_and_the_installation_are_named_in_the_language_of_the_reader() -> None:
    with use_language("en-XA"):
        assert person_name("Former user 12") == "⟦Former user 12⟧"
        assert show("Former staff member 7") == "⟦Former staff member 7⟧"
        assert actor_name("worker") == "⟦this system⟧"
    assert (person_name("Former user"), person_name("Ada 12")) == ("Former user", "Ada 12")


def test_each_name_of_a_list_keeps_its_own_direction() -> None:
    with use_language("zh"):
        assert joined_names(["Casa Segura", "ليلى"]) == "\u2068Casa Segura\u2069、\u2068ليلى\u2069"


def test_a_template_that_was_compiled_in_one_language_speaks_another() -> None:
    template = environment().from_string("{{ ':' | spaced }}")
    written = []
    for code in ("en", "fr", "zh"):
        with use_language(code):
            written.append(template.render())
    assert written == [": ", "\u00a0: ", "："]
