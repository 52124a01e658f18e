"""The library of the fund: saving a question or a section in it, and adding one to a form."""

from functools import partial

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from grants.applying.builder.pages import (
    FORM,
    draft_of,
    form_on_page,
    keep_at_once,
    pages,
    purpose_of_page,
    to_form,
)
from grants.applying.builder.views import keys_of_reports
from grants.applying.calls.purposes import keys_taken
from grants.applying.form_library import queries
from grants.applying.form_library.service import remove_part, save_question, save_section
from grants.applying.form_parts import parts
from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _
from grants.core.people.permissions import Permission
from grants.core.texts.formats import language_name
from grants.platform.questionnaires.translation import languages_of
from grants.platform.web.access import needs, this_act
from grants.platform.web.database import session, transaction

AT_ONCE = 20
LAST_PAGE = 10_000


@pages.get(FORM + "/parts")
@needs(Permission.CALL_EDIT)
def library_parts(reference: str) -> ResponseReturnValue:
    """The questions and sections of the fund's library, page by page."""
    call = draft_of(reference)
    number = min(max(request.args.get("page", 1, int), 1), LAST_PAGE)
    rows = queries.parts_of(session(), call.fund_id, (number - 1) * AT_ONCE, AT_ONCE + 1)
    into = request.args.get("section", "")
    page_url = partial(url_for, ".library_parts", reference=reference, section=into or None)
    return render_template(
        "applying/builder/library_parts.html",
        call=call,
        sections=form_on_page(call).sections,
        into=into,
        parts=[
            (part, part.questionnaire, [language_name(c) for c in languages_of(part.questionnaire)])
            for part in rows[:AT_ONCE]
        ],
        previous=page_url(page=number - 1) if number > 1 else "",
        following=page_url(page=number + 1) if len(rows) > AT_ONCE else "",
    )


@pages.post(FORM + "/parts")
@needs(Permission.CALL_EDIT)
def save_part(reference: str) -> ResponseReturnValue:
    """Save a section or a question of this form in the library."""
    call = draft_of(reference)
    section, question = request.form.get("section", ""), request.form.get("question", "")
    save, key = (save_section, section) if section else (save_question, question)
    try:
        with transaction() as opened:
            form = form_on_page(call)
            part = save(opened, call, form, key, this_act())
            name, loses = part.name, parts.loses_conditions(form, part.questionnaire)
    except DomainError as refusal:
        flash(refusal.message, "error")
    else:
        flash(_("“%(name)s” has been saved in the fund’s library.", name=name), "success")
        if loses:
            flash(
                _("A condition that depends on other questions was left out of the copy."),
                "warning",
            )
    return to_form(call, f"s-{section}" if section else f"q-{question}")


@pages.post(FORM + "/parts/<int:number>")
@needs(Permission.CALL_EDIT)
def add_part(reference: str, number: int) -> ResponseReturnValue:
    """Add a part of the library to this form, under keys that are free in it."""
    call = draft_of(reference)
    form, part = form_on_page(call), queries.part_of(session(), call.fund_id, number)
    keys = keys_taken(form, purpose_of_page())
    if part.is_question:
        section = request.form.get("section", "")
        changed, key = parts.with_question_of(form, part.questionnaire, section, keys)
        anchor = f"q-{key}"
    else:
        section_keys = {one.key for one in form.sections} | keys_of_reports()
        changed, key = parts.with_section_of(form, part.questionnaire, keys, section_keys)
        anchor = f"s-{key}"
    keep_at_once(call, changed, added=part.name[:80])
    flash(_("Added. You can change it here; the library does not change."), "success")
    return to_form(call, anchor)


@pages.post(FORM + "/parts/<int:number>/remove")
@needs(Permission.CALL_EDIT)
def remove_library_part(reference: str, number: int) -> ResponseReturnValue:
    """Take a part out of the library."""
    call = draft_of(reference)
    with transaction() as opened:
        remove_part(opened, queries.part_of(opened, call.fund_id, number), this_act())
    flash(_("Removed from the library. Forms that use it do not change."), "success")
    return redirect(url_for(".library_parts", reference=reference))
