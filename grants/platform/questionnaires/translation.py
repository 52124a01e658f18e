"""In which languages a form speaks, and what it lacks in one of them."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping

from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import ngettext as _n
from grants.core.texts.formats import language_name
from grants.platform.questionnaires.form import Form
from grants.platform.questionnaires.places import LANGUAGES_ANCHOR, FormFault, texts_of
from grants.platform.questions.reading import PlacedText


def languages_of(form: Form) -> list[str]:
    """Every language that some text of the form is in; English first."""
    codes = {code for text in texts_of(form) for code in _languages_filled(text.texts)}
    return sorted(codes, key=lambda code: (code != "en", code))


def complete_languages(form: Form) -> set[str]:
    """The languages that every text of the form is in."""
    texts = [have for text in texts_of(form) if (have := _languages_filled(text.texts))]
    times = Counter(code for have in texts for code in have)
    return {code for code, number in times.items() if number == len(texts)}


def untranslated(form: Form, language: str) -> list[PlacedText]:
    """The texts that are there in another language, but not in this one."""
    return [
        text
        for text in texts_of(form)
        if (have := _languages_filled(text.texts)) and language not in have
    ]


def translation_faults(form: Form, languages: Collection[str]) -> Iterator[FormFault]:
    """Texts without English; and for each of these languages in which part of the form is, how many
    of its texts are missing. That labels and titles are in English is asked for elsewhere.
    """
    for text in untranslated(form, "en"):
        if text.part not in (_("label"), _("title")):
            message = _(
                "the %(part)s is not in %(language)s", part=text.part, language=language_name("en")
            )
            yield FormFault(text.key, text.where, message, text.anchor)
    for language, missing in lacking_languages(form, languages).items():
        yield FormFault("", "", _missing_message(language, missing), LANGUAGES_ANCHOR)


def lacking_languages(form: Form, languages: Collection[str]) -> dict[str, int]:
    """The chosen languages in which a part of the form is missing, with the number of its texts."""
    chosen = [code for code in languages_of(form) if code != "en" and code in languages]
    missing = {code: len(untranslated(form, code)) for code in chosen}
    return {code: number for code, number in missing.items() if number}


def _missing_message(language: str, missing: int) -> str:
    return _n(
        "%(language)s: %(num)s text is missing. Translate it, or remove %(language)s from the "
        "form.",
        "%(language)s: %(num)s texts are missing. Translate them, or remove %(language)s from the "
        "form.",
        missing,
        language=language_name(language),
    )


def _languages_filled(texts: Mapping[str, str]) -> set[str]:
    return {code for code, text in texts.items() if text.strip()}
