"""The texts of a form by section, so that each section is translated on a page of its own."""

from collections.abc import Sequence
from dataclasses import dataclass

from grants.applying.form_translations.doubts import doubtful
from grants.applying.form_translations.texts import SourceText
from grants.core.kernel.language import gettext as _
from grants.platform.questionnaires.form import Form
from grants.platform.questionnaires.places import anchor_of_section, name_of_section

OF_CALL, OF_CHECKS, ALL = "-call", "-checks", "all"
"""What is no section. No section has such a key but perhaps the last: there all is shown."""
FEW = 60
"""So many texts stand on one page, unless one section is asked for."""


@dataclass(frozen=True, slots=True)
class PartToTranslate:
    """The texts of the call itself, of a section with its questions, or of the checks."""

    key: str
    title: str
    texts: Sequence[SourceText]

    def missing(self, language: str) -> int:
        return sum(not text.words(language) for text in self.texts)

    def doubtful(self, language: str) -> int:
        return doubtful((text.text for text in self.texts), language)


def parts_to_translate(form: Form, texts: Sequence[SourceText]) -> list[PartToTranslate]:
    """In the order of the page; what has no text is left out."""
    section_by_anchor = {
        anchor: section.key
        for section in form.sections
        for anchor in (anchor_of_section(section), *(q.anchor for q in section.questions))
    }
    titles = {
        OF_CALL: _("The call"),
        **{section.key: name_of_section(section) for section in form.sections},
        OF_CHECKS: _("Checks"),
    }
    by_part: dict[str, list[SourceText]] = {}
    for text in texts:
        of_form = section_by_anchor.get(text.text.anchor, OF_CHECKS)
        part = OF_CALL if text.reference.startswith("call.") else of_form
        by_part.setdefault(part, []).append(text)
    return [PartToTranslate(key, titles[key], by_part[key]) for key in titles if key in by_part]


def part_on_page(
    parts: Sequence[PartToTranslate], wanted: str, language: str
) -> PartToTranslate | None:
    """The part that is asked for; where none is and there are many texts, the first one in which a
    text is missing. None: all of them.
    """
    if wanted:
        return next((part for part in parts if part.key == wanted), None)
    if sum(len(part.texts) for part in parts) <= FEW:
        return None
    return next((part for part in parts if part.missing(language)), parts[0])


def next_part(
    parts: Sequence[PartToTranslate], part: PartToTranslate, language: str
) -> PartToTranslate | None:
    """The next one in which a text is missing, from this one on; then those before it."""
    place = parts.index(part) + 1
    around = [*parts[place:], *parts[: place - 1]]
    return next((other for other in around if other.missing(language)), None)
