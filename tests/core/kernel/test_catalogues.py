"""Whatever a translator writes keeps its placeholders and has every plural form."""

import re
from collections import Counter
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from grants.core.kernel.language import OFFERED, TRANSLATIONS, ngettext, use_language

CATALOGUES = sorted(TRANSLATIONS.glob("*/LC_MESSAGES/messages.po"))
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%%(?:\{\w+\})?")
COUNTS = {"%(num)s", "%(counted)s", "%(count)s"}
"""What the forms for exactly one and exactly two may say in a word: «نتيجتان», two results."""

each_catalogue = pytest.mark.parametrize(
    "path", CATALOGUES, ids=[path.parent.parent.name for path in CATALOGUES]
)


def _read(path: Path) -> Catalog:
    with path.open("rb") as written:
        return read_po(written, locale=path.parent.parent.name, abort_invalid=True)


def _texts(written: object) -> list[str]:
    """A message, or its forms: Babel gives a text for the one and a sequence for the other."""
    return [written] if isinstance(written, str) else list(written)  # type: ignore[call-overload]


def _translated(catalogue: Catalog) -> list[Message]:
    return [message for message in catalogue if message.id and any(_texts(message.string))]


def _placeholders(text: str) -> Counter[str]:
    return Counter(PLACEHOLDER.findall(text))


def _kept(message: Message) -> bool:
    wanted = _placeholders(_texts(message.id)[-1])
    forms = _texts(message.string)
    # A form that means just one number may say it in a word; so may the singular, as in English.
    in_a_word = {0, 1, 2} if len(forms) > 3 else set()
    if len(forms) > 1 and wanted - _placeholders(_texts(message.id)[0]):
        in_a_word |= {0}
    return all(
        not (_placeholders(text) - wanted)
        and set(wanted - _placeholders(text)) <= (COUNTS if form in in_a_word else set())
        for form, text in enumerate(forms)
    )


def test_there_is_a_catalogue_for_every_language_offered_besides_english() -> None:
    assert {path.parent.parent.name for path in CATALOGUES} == set(OFFERED) - {"en"}


@each_catalogue
def test_every_translation_keeps_its_placeholders(path: Path) -> None:
    assert [message.id for message in _translated(_read(path)) if not _kept(message)] == []


@each_catalogue
def test_no_translation_with_placeholders_has_a_lone_percent_sign(path: Path) -> None:
    lone = [
        message.id
        for message in _translated(_read(path))
        for text in _texts(message.string)
        if _placeholders(text) and "%" in PLACEHOLDER.sub("", text)
    ]
    assert lone == []


@each_catalogue
def test_no_translation_is_a_guess_that_nobody_looked_at(path: Path) -> None:
    assert [message.id for message in _read(path) if message.id and message.fuzzy] == []


@each_catalogue
def test_every_plural_form_is_filled_or_none_is(path: Path) -> None:
    catalogue = _read(path)
    wanting = [
        message.id
        for message in _translated(catalogue)
        if not isinstance(message.id, str)
        and (
            len(_texts(message.string)) != catalogue.num_plurals or not all(_texts(message.string))
        )
    ]
    assert wanting == []


@each_catalogue
def test_a_catalogue_compiles(path: Path) -> None:
    compiled = BytesIO()
    write_mo(compiled, _read(path))
    assert compiled.tell() > 0


def test_arabic_counts_in_its_six_forms() -> None:
    with use_language("ar"):
        said = {
            num: ngettext("%(num)s day left", "%(num)s days left", num)
            for num in (0, 1, 2, 3, 11, 100)
        }
    assert said == {
        0: "بقي 0 يوم",
        1: "بقي يوم واحد",
        2: "بقي يومان",
        3: "بقيت 3 أيام",
        11: "بقي 11 يوماً",
        100: "بقي 100 يوم",
    }
