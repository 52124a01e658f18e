"""Pages of translations: which answers have one, and one of them with all its versions."""

from collections.abc import Iterator, Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from grants.applying.applications import queries
from grants.applying.applications.models import Application
from grants.applying.submissions.dossier import Dossier, dossier_to_read
from grants.applying.translating.forms import TranslationForm
from grants.applying.translating.queries import (
    language_asked,
    languages_of,
    text_of,
    texts_of,
    versions_of,
)
from grants.applying.translating.service import Translation, translate
from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.language import written_language
from grants.core.people.permissions import Permission
from grants.core.texts.formats import language_name
from grants.platform.forms.typed import counted
from grants.platform.questionnaires.presentation import Answer
from grants.platform.web.access import needs, signed_in, this_act, viewer
from grants.platform.web.acts import attempt
from grants.platform.web.beside import beside
from grants.platform.web.database import session

pages = Blueprint("translating", __name__, url_prefix="/applications/<reference>/translations")

START = 140
"""Characters of an answer that the list shows."""


def _submitted_application(reference: str) -> Application:
    """An application that was submitted, for who may read it."""
    application = queries.application_for_viewer(session(), reference, viewer())
    if application.submitted_at is None:
        raise Missing(_("Application not found."))
    return application


def _may_read(application: Application) -> bool:
    """Trustees and others who see the case alone do not read its translations."""
    permissions = Permission.APPLICATION_SEE, Permission.APPLICATION_READ
    return any(viewer().may(permission, application.scope) for permission in permissions)


@pages.get("")
@beside("application", _l("Translations of answers"), 9, when=_may_read)
@signed_in
def index(reference: str) -> ResponseReturnValue:
    """The answers in words, and which of them are translated into a language."""
    application = _submitted_application(reference)
    language = language_asked(application, request.args.get("into", ""))
    whole = dossier_to_read(session(), application)
    return render_template(
        "applying/translating/index.html",
        into=language,
        languages=[(code, written_language(code)) for code in languages_of(application)],
        sections=list(_listed_texts(application, whole, language)),
        **_of_application(application),
    )


def _listed_texts(
    application: Application, whole: Dossier, language: str
) -> Iterator[tuple[str, list[dict[str, str]]]]:
    texts = texts_of(whole)
    for section in whole.sections:
        answers = [texts[answer.key] for answer in section.answers if answer.key in texts]
        if answers:
            yield section.title, [_task_of(application, answer, language) for answer in answers]


def _task_of(application: Application, answer: Answer, language: str) -> dict[str, str]:
    """An answer as a row of a list of tasks."""
    standing = next((row for row in answer.translations if row.language == language), None)
    words = " ".join(answer.text.split()) or answer.words.partition("\n")[0]
    return {
        "text": answer.question,
        "hint": words if len(words) <= START else f"{words[:START].rstrip()}…",
        "status": _("Version %(number)s", number=standing.number) if standing else _("Not yet"),
        "tone": "good" if standing else "",
        "href": _address_of(application, language, answer.key),
    }


def _address_of(application: Application, language: str, question: str) -> str:
    reference = application.reference
    return url_for(".show", reference=reference, language=language, question=question)


def _of_application(application: Application) -> Mapping[str, Any]:
    """What both pages say of the application, and of who looks."""
    is_own = application.organisation_id in viewer().organisation_ids
    page = "applications.standing" if is_own else "applications.show"
    may = viewer().may(Permission.APPLICATION_TRANSLATE, application.scope)
    return {
        "application": application,
        "is_own": is_own,
        "way_back": url_for(page, reference=application.reference),
        "may_translate": may and not application.is_withdrawn,
    }


@pages.get("/<language>/<question>")
@signed_in
def show(reference: str, language: str, question: str) -> ResponseReturnValue:
    """One answer beside its translation into a language, with every version."""
    application = _submitted_application(reference)
    versions = versions_of(application, question, language)
    form = TranslationForm(data={"text": versions[0].text} if versions else None)
    return _show_page(application, language, question, form), 200


@pages.post("/<language>/<question>")
@needs(Permission.APPLICATION_TRANSLATE)
def save(reference: str, language: str, question: str) -> ResponseReturnValue:
    """Put a translation beside the answer, or its next version."""
    application, form = _submitted_application(reference), TranslationForm()
    if form.validate_on_submit():
        seen = counted(request.form.get("seen"))
        with attempt(form) as (opened, outcome):
            written = Translation(question, language, form.text.data, seen)
            translate(opened, application, written, this_act())
        if outcome:
            flash(_("The translation has been saved. It appears beside the answer."), "success")
            return redirect(url_for(".index", reference=reference, into=language))
    return _show_page(application, language, question, form), 422


def _show_page(
    application: Application, language: str, question: str, form: TranslationForm
) -> str:
    if language not in languages_of(application):
        raise Missing(_("Page not found"))
    return render_template(
        "applying/translating/show.html",
        answer=text_of(dossier_to_read(session(), application), question),
        into=written_language(language),
        language_name=language_name(language),
        versions=versions_of(application, question, language),
        form=form,
        list_page=url_for(".index", reference=application.reference, into=language),
        **_of_application(application),
    )
