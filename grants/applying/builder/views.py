"""The pages on which the form of a call is made: sections, questions, checks, their order."""

from collections import Counter
from dataclasses import dataclass, replace

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue

from grants.applying.builder.pages import (
    APPLICATION_FORM,
    FORM,
    draft_of,
    form_on_page,
    keep,
    keep_at_once,
    opened_at,
    pages,
    purpose_of_page,
    question_name,
    section_name,
    to_form,
)
from grants.applying.builder.translating_views import texts_beside
from grants.applying.calls.ceilings import form_faults_of
from grants.applying.calls.earlier import (
    change_in_words,
    changes_to_undo_and_redo,
    remembering_earlier,
    undone_change,
)
from grants.applying.calls.models import Call
from grants.applying.calls.purposes import REPORT_SECTIONS, FormPurpose, faults_for
from grants.applying.calls.service import change_form
from grants.applying.calls.standard import CONCEPT_FORM, STANDARD_FORM
from grants.applying.calls.standard.grantee import STANDARD_FINANCE, STANDARD_REPORT
from grants.applying.form_parts import editing
from grants.applying.form_parts.forms import (
    FactsForm,
    SectionForm,
    line_of,
)
from grants.applying.form_translations.doubts import doubtful
from grants.applying.form_translations.memory import former_sources
from grants.applying.organisations.answers import is_answered
from grants.core.kernel.language import gettext as _
from grants.core.people.permissions import Permission
from grants.core.texts.formats import language_name
from grants.platform.conditions.words import in_words
from grants.platform.questionnaires.form import Form
from grants.platform.questionnaires.outcome import conditions_in_words, parsed
from grants.platform.questionnaires.places import texts_of
from grants.platform.questionnaires.repeated import page_in_words, times_in_words
from grants.platform.questionnaires.translation import languages_of, untranslated
from grants.platform.questionnaires.written import to_json
from grants.platform.questions import Question
from grants.platform.web.access import needs, this_act
from grants.platform.web.database import session, transaction

BEGINNINGS = {
    FormPurpose.APPLICATION: (STANDARD_FORM, CONCEPT_FORM),
    FormPurpose.REPORT: (STANDARD_REPORT,),
    FormPurpose.FINANCE: (STANDARD_FINANCE,),
}
"""What a form may be before anything is changed."""


@pages.get(FORM)
@needs(Permission.CALL_EDIT)
def overview(reference: str) -> ResponseReturnValue:
    """The whole form with what is to be corrected, and the way to each part of it."""
    call = draft_of(reference)
    with remembering_earlier(session(), call, purpose_of_page()):
        return _overview_page(call)


def _overview_page(call: Call) -> str:
    form, purpose = form_on_page(call), purpose_of_page()
    last, undoing = changes_to_undo_and_redo(session(), call, purpose)
    undone = undone_change(session(), undoing) if undoing else None
    found = faults_for(form, purpose, call.languages)
    faults: dict[str, list[str]] = {}
    for fault in found:
        faults.setdefault(fault.anchor, []).append(fault.message)
    return render_template(
        "applying/builder/overview.html",
        call=call,
        purposes=list(FormPurpose),
        questionnaire=form,
        found=found,
        faults=faults,
        ceilings=[] if purpose.is_for_grantees else list(form_faults_of(call)),
        lines={question.key: line_of(question) for question in form.items},
        answered={question.key for question in form.questions if is_answered(question)},
        when=conditions_in_words(form),
        times={section.key: times_in_words(section) for section in form.sections},
        together={section.key: page_in_words(form, section) for section in form.sections},
        own_words={section.key: _in_words(form, section.show_when) for section in form.sections},
        checks=[(check, _in_words(form, check.rule)) for check in form.checks],
        languages=_state_by_language(call, form),
        spoken=languages_of(form),
        facts=FactsForm.of(form),
        last=last,
        unchanged=last is undoing is None and to_json(form) in map(to_json, BEGINNINGS[purpose]),
        last_words=change_in_words(last.what) if last else "",
        undoing=undoing,
        undone_words=change_in_words(undone.what) if undone else "",
    )


@dataclass(frozen=True, slots=True)
class LanguageState:
    """How far a form is in a language besides English."""

    code: str
    missing: int
    changed: int
    """Texts whose English has been changed since they were translated."""
    doubtful: int
    """Translations that do not match the English."""

    @property
    def name(self) -> str:
        return language_name(self.code)


def _state_by_language(call: Call, form: Form) -> list[LanguageState]:
    """The languages of the call, and then those of the form that are none of the call."""
    texts = texts_of(form)
    codes = [c for c in dict.fromkeys([*call.languages, *languages_of(form)]) if c != "en"]
    changed = Counter(
        code for code, _place in former_sources(session(), call.fund_id, texts, codes)
    )
    beside = texts_beside(call)
    every_text = [*texts, *(text.text for text in beside)]
    return [
        LanguageState(
            code,
            len(untranslated(form, code)) + sum(not text.words(code) for text in beside),
            changed[code],
            doubtful(every_text, code),
        )
        for code in codes
    ]


def _in_words(form: Form, text: str) -> str:
    node = parsed(text) if text else None
    return in_words(node, {q.key: q for q in (*form.questions, *form.note)}) if node else text


@pages.route(FORM + "/sections/new", methods=["GET", "POST"])
@needs(Permission.CALL_EDIT)
def new_section(reference: str) -> ResponseReturnValue:
    return _section_page(draft_of(reference), "")


@pages.route(FORM + "/sections/<key>", methods=["GET", "POST"])
@needs(Permission.CALL_EDIT)
def section(reference: str, key: str) -> ResponseReturnValue:
    return _section_page(draft_of(reference), key)


def _section_page(call: Call, key: str) -> ResponseReturnValue:
    form = form_on_page(call)
    old = form.section(key) if key else None
    typed = SectionForm.of(old, _before_section(form, key), form)
    opened_at(typed, call)
    if typed.validate_on_submit():
        keys_in_use = {section.key for section in form.sections} | keys_of_reports()

        def made() -> Form:
            return editing.with_section(form, typed.made(old, keys_in_use), key)

        if keep(call, typed, made, **{"section" if key else "added": str(typed.title.data)}):
            flash(_("Saved."), "success")
            return to_form(call)
    return render_template("applying/builder/section.html", call=call, form=typed, old=old)


def keys_of_reports() -> frozenset[str]:
    """The sections that every report has: a section of the call gets another key."""
    return REPORT_SECTIONS if purpose_of_page() is FormPurpose.REPORT else frozenset()


def _before_section(form: Form, key: str) -> list[Question]:
    keys = [part.key for part in form.sections]
    parts = form.sections[: keys.index(key)] if key in keys else form.sections
    return [one for part in parts if not part.is_repeated for one in part.questions if one.asks]


@pages.post(APPLICATION_FORM + "/facts")
@needs(Permission.CALL_EDIT)
def facts(reference: str) -> ResponseReturnValue:
    """Say which questions tell what lists show and rules are about."""
    call = draft_of(reference)
    typed = FactsForm.of(form_on_page(call))
    if typed.validate_on_submit():
        form = replace(form_on_page(call), facts=typed.facts())
        with transaction() as opened:
            change_form(opened, call, form, this_act(), facts=", ".join(form.facts))
        flash(_("Saved."), "success")
    else:
        flash(_("Choose the questions that give the title and the amount requested."), "error")
    return to_form(call, "facts")


@pages.post(FORM + "/move")
@needs(Permission.CALL_EDIT)
def move(reference: str) -> ResponseReturnValue:
    """Move a section or a question one place, or where it was dragged to."""
    call = draft_of(reference)
    form, posted = form_on_page(call), request.form
    step = -1 if posted.get("direction") == "up" else 1
    if key := posted.get("section", ""):
        changed, anchor = editing.moved_section(form, key, step), f"s-{key}"
        name = section_name(form, key)
    elif target := posted.get("into", ""):
        key = posted.get("question", "")
        changed = editing.placed_question(form, key, target, posted.get("before", ""))
        anchor, name = f"q-{key}", question_name(form, key)
    else:
        key = posted.get("question", "")
        changed, anchor = editing.moved_question(form, key, step), f"q-{key}"
        name = question_name(form, key)
    keep_at_once(call, changed, moved=name)
    return to_form(call, anchor)
