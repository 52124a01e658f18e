"""The documents that a call asks for: each kind of the profiles, required or not, on one page.

A kind that is asked for is a question for files with the key of the kind, so that applications
take the document over from the profile. Its words can be changed like those of any question.
"""

from collections.abc import Mapping
from dataclasses import replace

from flask import flash, render_template
from flask.typing import ResponseReturnValue

from grants.applying.builder.pages import (
    APPLICATION_FORM,
    draft_of,
    form_on_page,
    keep,
    opened_at,
    pages,
    to_form,
)
from grants.applying.calls.standard import DOCUMENTS, OTHER_PAPERS
from grants.applying.form_parts.conditional import Versioned
from grants.applying.form_parts.editing import (
    section_of,
    with_question,
    with_section,
    without_question,
)
from grants.applying.organisations.papers.models import PaperKind
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.language import lazy_pgettext as _p
from grants.core.people.permissions import Permission
from grants.platform.forms.fields import RadioField
from grants.platform.questionnaires.form import Form, Section
from grants.platform.questionnaires.translation import languages_of
from grants.platform.questions import Files
from grants.platform.questions.reading import Texts
from grants.platform.web.access import needs

REQUIRED, OPTIONAL, NOT_ASKED = "required", "optional", "no"
USUAL = {question.key: question for question in (*DOCUMENTS.files, *OTHER_PAPERS)}
"""How each kind is asked for at first."""


class DocumentsForm(Versioned):
    """Each kind of document of the profiles: required, asked for, or neither."""

    @classmethod
    def of(cls, form: Form) -> "DocumentsForm":
        answers = [
            (REQUIRED, _l("Required")),
            (OPTIONAL, _p("documents", "Optional")),
            (NOT_ASKED, _l("Not asked for")),
        ]
        drawn = {
            kind.value: RadioField(kind.label, answers, inline=True, required=True)
            for kind in PaperKind
        }
        form_type: type[DocumentsForm] = type("DrawnDocumentsForm", (cls,), drawn)
        return form_type(data=asked_in(form))

    def chosen(self) -> dict[str, str]:
        """By kind."""
        return {kind.value: self[kind.value].data for kind in PaperKind}


@pages.route(APPLICATION_FORM + "/documents", methods=["GET", "POST"])
@needs(Permission.CALL_EDIT)
def documents(reference: str) -> ResponseReturnValue:
    """Say which documents of the profiles applicants must attach."""
    call = draft_of(reference)
    form = form_on_page(call)
    typed = DocumentsForm.of(form)
    opened_at(typed, call)
    if typed.validate_on_submit():
        chosen = typed.chosen()
        if chosen == asked_in(form):
            return to_form(call)
        if keep(
            call, typed, lambda: with_documents(form, chosen), documents=_required_keys(chosen)
        ):
            flash(_("Saved. You can put the form back as it was with “Undo”."), "success")
            return to_form(call)
    other_titles = [
        question.title
        for question in form.questions
        if isinstance(question, Files) and question.key not in set(PaperKind)
    ]
    return render_template(
        "applying/builder/documents.html", call=call, form=typed, others=other_titles
    )


def _required_keys(chosen: Mapping[str, str]) -> str:
    return ", ".join(key for key, answer in chosen.items() if answer == REQUIRED)[:200]


def asked_in(form: Form) -> dict[str, str]:
    """What a form says of each kind."""
    files_by_key = {q.key: q for q in form.questions if isinstance(q, Files)}
    return {
        kind.value: NOT_ASKED
        if kind.value not in files_by_key
        else REQUIRED
        if files_by_key[kind.value].required
        else OPTIONAL
        for kind in PaperKind
    }


def with_documents(form: Form, chosen: Mapping[str, str]) -> Form:
    """The form that asks for these kinds. Questions that stay keep their words and their place."""
    before = asked_in(form)
    for key, answer in chosen.items():
        if answer == before[key]:
            continue
        if answer == NOT_ASKED:
            form = without_question(form, key)
        elif before[key] == NOT_ASKED:
            form = _asking_too(form, replace(USUAL[key], required=answer == REQUIRED))
        else:
            old = section_of(form, key).question(key)
            form = with_question(form, "", replace(old, required=answer == REQUIRED), key)
    return form


def _asking_too(form: Form, question: Files) -> Form:
    """With one more document, beside the others, or in a section of its own at the end."""
    spoken = set(languages_of(form)) or set(DOCUMENTS.title)

    def in_these(texts: Texts) -> Texts:
        return {code: text for code, text in texts.items() if code in {"en", *spoken}}

    question = replace(question, label=in_these(question.label), help=in_these(question.help))
    beside = next((s for s in form.sections if any(q.key in USUAL for q in s.files)), None)
    if beside is None:
        keys = {section.key for section in form.sections}
        key = next(
            k for k in ("documents", *(f"documents_{n}" for n in range(2, 99))) if k not in keys
        )
        title, intro = in_these(DOCUMENTS.title), in_these(DOCUMENTS.intro)
        beside = Section(key=key, title=title, intro=intro)
        form = with_section(form, beside)
    return with_question(form, beside.key, question)
