"""The texts of a form in another language, side by side with the English."""

from collections.abc import Iterator, Mapping
from itertools import count

from flask import flash, render_template
from flask.typing import ResponseReturnValue

from grants.applying.builder.pages import (
    FORM,
    draft_of,
    form_on_page,
    keep,
    keep_at_once,
    opened_at,
    pages,
    purpose_of_page,
    to_form,
)
from grants.applying.calls.models import Call
from grants.applying.calls.purposes import STANDARDS
from grants.applying.form_parts.forms import TranslationForm
from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.people.permissions import Permission
from grants.platform.questionnaires.form import Form
from grants.platform.questionnaires.places import reworded, texts_of
from grants.platform.questionnaires.translation import language_name
from grants.platform.questions.reading import PlacedText, Texts
from grants.platform.web.access import needs

LANGUAGES = ("fr", "es", "ar", "zh", "ru")
"""Those of the United Nations besides English, from which forms are translated."""


@pages.route(FORM + "/languages/<code>", methods=["GET", "POST"])
@needs(Permission.CALL_EDIT)
def translate(reference: str, code: str) -> ResponseReturnValue:
    """Every text of the form in English, with a box for this language."""
    call = draft_of(reference)
    if code not in LANGUAGES:
        raise Missing(_("Language not found."))
    form = form_on_page(call)
    texts = list(_to_translate(form))
    proposals = known_words(call, code)
    typed = TranslationForm.of(
        [
            (name, text.texts["en"], text.texts.get(code) or proposals.get(text.texts["en"], ""))
            for name, text in texts
        ]
    )
    opened_at(typed, call)
    if typed.validate_on_submit():
        words = {name: str(typed[name].data).strip() for name, _text in texts}
        if keep(call, typed, lambda: translated(form, code, words), language=code):
            flash(_("Saved."), "success")
            return to_form(call, "languages")
    return render_template(
        "applying/builder/translate.html",
        call=call,
        form=typed,
        texts=texts,
        code=code,
        language_title=language_name(code),
        proposed=any(
            not text.texts.get(code) and text.texts["en"] in proposals for _name, text in texts
        ),
        missing=sum(not text.texts.get(code, "").strip() for _name, text in texts),
    )


@pages.post(FORM + "/languages/<code>/remove")
@needs(Permission.CALL_EDIT)
def remove_language(reference: str, code: str) -> ResponseReturnValue:
    """Take a language out of the form, so that it need not be complete in it."""
    call = draft_of(reference)
    form = form_on_page(call)
    if code in LANGUAGES:
        names = [f"t{number}" for number, _text in enumerate(texts_of(form))]
        keep_at_once(call, translated(form, code, dict.fromkeys(names, "")), removed=code)
        flash(_("Removed."), "success")
    return to_form(call, "languages")


def known_words(call: Call, code: str) -> Mapping[str, str]:
    """English texts with their words in a language, as the other stage of the call, the standard
    form and other places of this form have them.
    """
    stages = (
        STANDARDS[purpose_of_page()],
        *(form_on_page(stage) for stage in _stages_of(call)),
    )
    return {
        text.texts["en"]: text.texts[code]
        for form in stages
        for text in texts_of(form)
        if text.texts.get("en") and text.texts.get(code)
    }


def _stages_of(call: Call) -> Iterator[Call]:
    yield from filter(None, (call.first_stage, call.second_stage, call))


def _to_translate(form: Form) -> Iterator[tuple[str, PlacedText]]:
    """The texts that there are in English, each with the name of its input."""
    for number, text in enumerate(texts_of(form)):
        if text.texts.get("en", "").strip():
            yield f"t{number}", text


def translated(form: Form, code: str, words: Mapping[str, str]) -> Form:
    """The form with these words in a language, by the name of the input; empty words are none."""
    names = (f"t{number}" for number in count())

    def translate_text(text: PlacedText) -> Texts:
        name = next(names)
        if name not in words:
            return text.texts
        other_texts = {
            language: value for language, value in text.texts.items() if language != code
        }
        return {**other_texts, code: words[name]} if words[name] else other_texts

    return reworded(form, translate_text)
