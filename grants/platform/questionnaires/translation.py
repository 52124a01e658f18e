"""In which languages a form speaks, and what it lacks in one of them."""

from collections.abc import Iterator, Mapping

from grants.core.kernel.language import gettext as _
from grants.core.texts.formats import language_name
from grants.platform.questionnaires.form import Form
from grants.platform.questionnaires.places import FormFault, texts_of
from grants.platform.questions.reading import PlacedText


def languages_of(form: Form) -> list[str]:
    """Every language that some text of the form is in; English first."""
    codes = {code for text in texts_of(form) for code in _languages_filled(text.texts)}
    return sorted(codes, key=lambda code: (code != "en", code))


def untranslated(form: Form, language: str) -> list[PlacedText]:
    """The texts that are there in another language, but not in this one."""
    return [
        text
        for text in texts_of(form)
        if (have := _languages_filled(text.texts)) and language not in have
    ]


def translation_faults(form: Form) -> Iterator[FormFault]:
    """What is not translated into a language in which other texts are. English is asked for
    elsewhere, because a form cannot be without it.
    """
    for language in languages_of(form):
        for text in untranslated(form, language):
            if language != "en" or text.part not in (_("label"), _("title")):
                message = _(
                    "the %(part)s is not in %(language)s",
                    part=text.part,
                    language=language_name(language),
                )
                yield FormFault(text.key, text.where, message, text.anchor)


def _languages_filled(texts: Mapping[str, str]) -> set[str]:
    return {code for code, text in texts.items() if text.strip()}
