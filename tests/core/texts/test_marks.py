"""Marks between the parts of a line stand as each language writes them."""

import pytest

from grants.core.kernel.language import use_language
from grants.core.texts.marks import bracketed, joined_names, sentence, spaced
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
