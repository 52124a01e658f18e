"""The texts of a form in another language, side by side with the English."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from grants.applying.builder.pages import (
    FORM,
    draft_of,
    form_on_page,
    opened_at,
    pages,
    purpose_of_page,
    to_form,
)
from grants.applying.calls.models import Call
from grants.applying.calls.purposes import STANDARDS
from grants.applying.calls.service import change_form
from grants.applying.calls.translating import texts_of_call, translate_call, translate_form
from grants.applying.form_parts.standard_groups import known_labels, with_known_words
from grants.applying.form_parts.translation_forms import TranslationForm
from grants.applying.form_translations.doubts import doubts
from grants.applying.form_translations.memory import former_sources, suggestions
from grants.applying.form_translations.parts import (
    ALL,
    PartToTranslate,
    next_part,
    part_on_page,
    parts_to_translate,
)
from grants.applying.form_translations.texts import Returned, SourceText, source_texts
from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import ngettext as _n
from grants.core.people.permissions import Permission
from grants.core.texts.formats import language_name
from grants.platform.forms.typed import counted
from grants.platform.questionnaires.form import Form
from grants.platform.questionnaires.places import reworded, texts_of
from grants.platform.questionnaires.translation import lacking_languages
from grants.platform.questions.reading import PlacedText, Texts
from grants.platform.web.access import needs, this_act
from grants.platform.web.acts import attempt
from grants.platform.web.database import session, transaction

LANGUAGES = ("fr", "es", "ar", "zh", "ru")
"""Those of the United Nations besides English, from which forms are translated."""


@dataclass(frozen=True, slots=True)
class FormInLanguage:
    """The form of a page with its English texts, what is proposed for them in a language, and what
    the English said when a text was translated, where that has been changed since. Texts of the
    call itself stand before those of its application form.
    """

    call: Call
    code: str
    form: Form
    texts: Sequence[SourceText]
    proposals: Mapping[str, str]
    former: Mapping[str, str]
    parts: Sequence[PartToTranslate] = ()
    part: PartToTranslate | None = None
    """The one on the page; None: all of them."""

    @property
    def section(self) -> str:
        """The part in the address."""
        return self.part.key if self.part else ALL

    def words(self, text: SourceText) -> str:
        """What stands, else what is proposed."""
        return text.words(self.code) or self.proposal(text)

    def proposal(self, text: SourceText) -> str:
        return self.proposals.get(text.english.strip(), "")

    def remarks(self, text: SourceText, words: str) -> list[str]:
        """Why a translation is to be looked at."""
        remarks = list(doubts(text.english, words))
        if former := self.former.get(text.name):
            changed = _(
                "The English text has changed since it was translated. Before: “%(english)s”",
                english=former,
            )
            remarks.insert(0, changed)
        return remarks


def form_in_language(reference: str, code: str) -> FormInLanguage:
    """The form of this page for a translation; Missing if forms are not translated so."""
    call = draft_of(reference)
    if code not in LANGUAGES:
        raise Missing(_("Language not found."))
    form = form_on_page(call)
    texts = [*texts_beside(call), *source_texts(form)]
    placed = [text.text for text in texts]
    memory = suggestions(session(), call.fund_id, code, placed)
    former = former_sources(session(), call.fund_id, placed, [code])
    return FormInLanguage(
        call,
        code,
        form,
        texts,
        {**known_words(call, code), **memory},
        {texts[place].name: english for (_code, place), english in former.items()},
    )


@pages.route(FORM + "/languages/<code>", methods=["GET", "POST"])
@needs(Permission.CALL_EDIT)
def translate(reference: str, code: str) -> ResponseReturnValue:
    """Every text of the form in English, with a box for this language."""
    page = _page_of_part(form_in_language(reference, code))
    call, texts = page.call, page.texts
    typed = TranslationForm.of([(text.name, text.english, page.words(text)) for text in texts])
    opened_at(typed, call)
    if typed.validate_on_submit():
        words = {text.name: str(typed[text.name].data).strip() for text in texts}
        with attempt(typed) as (opened, outcome):
            call.seen_at(counted(typed.version.data))
            changed = with_known_words(translated(page.form, code, words), [code])
            translate_form(opened, call, changed, code, this_act(), purpose_of_page())
            _translate_call(opened, call, code, words)
        if outcome:
            return _back_to_form(page, words)
    return translation_page(page, typed)


def _page_of_part(page: FormInLanguage) -> FormInLanguage:
    """The texts of one section, where the address or their number says so."""
    parts = parts_to_translate(page.form, page.texts)
    wanted = request.args.get("section") or (ALL if request.method == "POST" else "")
    part = part_on_page(parts, wanted, page.code)
    return replace(page, texts=part.texts if part else page.texts, parts=parts, part=part)


def texts_beside(call: Call) -> list[SourceText]:
    """The texts of the call itself, which are translated with its application form."""
    if purpose_of_page().is_for_grantees:
        return []
    return [SourceText(part.name, f"call.{part.name}", part.text) for part in texts_of_call(call)]


def _translate_call(opened: Session, call: Call, code: str, words: Mapping[str, str]) -> None:
    """Keep those of the texts that are the call's own, where they have changed."""
    changed = {
        part.place: words[part.name]
        for part in texts_of_call(call)
        if part.name in words and words[part.name] != part.text.texts.get(code, "")
    }
    if changed:
        translate_call(opened, call, code, changed, this_act())


def _back_to_form(page: FormInLanguage, words: Mapping[str, str]) -> ResponseReturnValue:
    """Back to the form; to the texts again if figures or addresses are not those of the English."""
    flash(_("Saved."), "success")
    doubtful = sum(any(doubts(text.english, words[text.name])) for text in page.texts)
    if not doubtful:
        return _to_next_section(page)
    flash(
        _n(
            "%(num)s translation does not match the English. Check its figures and addresses.",
            "%(num)s translations do not match the English. Check their figures and addresses.",
            doubtful,
        ),
        "warning",
    )
    return _to_texts(page, request.args.get("section"))


def _to_next_section(page: FormInLanguage) -> ResponseReturnValue:
    """To the next section in which a text is missing; back to the form where there is none."""
    following = next_part(page.parts, page.part, page.code) if page.part else None
    return _to_texts(page, following.key) if following else to_form(page.call, "languages")


def _to_texts(page: FormInLanguage, section: str | None) -> ResponseReturnValue:
    to = url_for(".translate", reference=page.call.reference, code=page.code, section=section)
    return redirect(to)


def translation_page(
    page: FormInLanguage, typed: TranslationForm, back: Returned | None = None
) -> str:
    """The page of the texts; `back`: what a file of a translator brings."""
    code, brought = page.code, back.words if back else {}
    remarks = {}
    for text in page.texts:
        remarks[text.name] = page.remarks(text, str(typed[text.name].data or ""))
        saved = text.words(code)
        if saved and brought.get(text.name, saved) != saved:
            remarks[text.name].append(_("Previous translation: “%(words)s”", words=saved))
    return render_template(
        "applying/builder/translate.html",
        call=page.call,
        form=typed,
        texts=page.texts,
        parts=page.parts if len(page.parts) > 1 else (),
        part=page.part,
        section=page.section,
        code=code,
        language_title=language_name(code),
        remarks=remarks,
        back=back,
        brought=sum(brought.get(text.name) not in (None, text.words(code)) for text in page.texts),
        proposed=not back
        and any(not text.words(code) and page.proposal(text) for text in page.texts),
        missing=sum(part.missing(code) for part in page.parts)
        if page.parts
        else sum(not text.words(code) for text in page.texts),
    )


@pages.post(FORM + "/languages/<code>/remove")
@needs(Permission.CALL_EDIT)
def remove_language(reference: str, code: str) -> ResponseReturnValue:
    """Take a language out of the form, so that it need not be complete in it."""
    call = draft_of(reference)
    if code in LANGUAGES:
        _remove_languages(call, [code])
        flash(_("Removed."), "success")
    return to_form(call, "languages")


@pages.post(FORM + "/languages/incomplete")
@needs(Permission.CALL_EDIT)
def leave_out_incomplete(reference: str) -> ResponseReturnValue:
    """Take the languages out of the form in which texts are missing, to open the call without."""
    call = draft_of(reference)
    _remove_languages(call, [*lacking_languages(form_on_page(call), call.languages)])
    flash(_("Removed."), "success")
    return redirect(url_for("calls.open_", reference=(call.first_stage or call).reference))


def _remove_languages(call: Call, codes: Sequence[str]) -> None:
    """Take languages out of the form, and out of the texts of the call that belong to it."""
    with transaction() as opened:
        call.seen_at(counted(request.form.get("version")))
        for code in codes:
            form = form_on_page(call)
            names = [f"t{number}" for number, _text in enumerate(texts_of(form))]
            changed = translated(form, code, dict.fromkeys(names, ""))
            what = {"language_removed": code}
            change_form(opened, call, changed, this_act(), purpose=purpose_of_page(), **what)
            own = {text.name: "" for text in texts_beside(call)}
            _translate_call(opened, call, code, own)


def known_words(call: Call, code: str) -> Mapping[str, str]:
    """English texts with their words in a language, as the other stage of the call, the standard
    form and other places of this form have them.
    """
    stages = (
        STANDARDS[purpose_of_page()],
        *(form_on_page(stage) for stage in _stages_of(call)),
    )
    texts = [text for form in stages for text in source_texts(form)]
    for stage in _stages_of(call):
        texts += texts_beside(stage)
    placed = {text.english.strip(): text.words(code) for text in texts if text.words(code)}
    return {**known_labels(code), **placed}


def _stages_of(call: Call) -> Iterator[Call]:
    yield from filter(None, (call.first_stage, call.second_stage, call))


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
