"""The standard set of groups and bands of people: those of the fund's results, in their words."""

from collections.abc import Collection
from dataclasses import replace

from grants.core.kernel.language import english, use_language
from grants.core.kernel.taxonomies import AgeBand, Sex
from grants.platform.questionnaires.form import Form
from grants.platform.questions import Group, Question
from grants.platform.questions.groups import PeopleByGroup

GROUPS = [{"label": english(sex.label), "code": sex.value, "sex": sex.value} for sex in Sex]
BANDS = [
    {"label": english(band.label), "code": band.value.replace("+", "_up"), "age": band.value}
    for band in AgeBand
]


def with_known_words(form: Form, languages: Collection[str]) -> Form:
    """The form with the groups and bands of the standard set in each of these languages: nobody has
    to translate what the results are called. A translation that is there stays.
    """
    sections = tuple(
        replace(
            section,
            questions=tuple(_with_known_groups(one, languages) for one in section.questions),
        )
        for section in form.sections
    )
    return replace(form, sections=sections)


def known_labels(language: str) -> dict[str, str]:
    """What the standard set is called in a language, by its English."""
    with use_language(language):
        words = [str(term.label) for term in (*Sex, *AgeBand)]
    return dict(zip((english(term.label) for term in (*Sex, *AgeBand)), words, strict=True))


def _with_known_groups(question: Question, languages: Collection[str]) -> Question:
    if not isinstance(question, PeopleByGroup):
        return question
    return replace(
        question,
        groups=tuple(_with_known_label(group, languages) for group in question.groups),
        bands=tuple(_with_known_label(band, languages) for band in question.bands),
    )


def _with_known_label(group: Group, languages: Collection[str]) -> Group:
    english_words = group.label.get("en", "").strip()
    known = {code: known_labels(code).get(english_words, "") for code in languages}
    return replace(group, label={**{c: w for c, w in known.items() if w}, **group.label})
