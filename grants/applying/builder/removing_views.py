"""Taking a section, a question or a check out of the form. It can be undone."""

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue

from grants.applying.builder.pages import (
    FORM,
    draft_of,
    form_on_page,
    keep_at_once,
    pages,
    purpose_of_page,
    question_name,
    section_name,
    to_form,
)
from grants.applying.calls.models import Call
from grants.applying.calls.service import lines_that_go
from grants.applying.form_parts import editing
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import ngettext as _n
from grants.core.people.permissions import Permission
from grants.platform.forms.typed import counted
from grants.platform.questionnaires.form import Form
from grants.platform.questions.reading import Texts
from grants.platform.web.access import needs


@pages.get(FORM + "/sections/<key>/remove")
@needs(Permission.CALL_EDIT)
def ask_removal(reference: str, key: str) -> ResponseReturnValue:
    """What goes with a section, before it goes."""
    call = draft_of(reference)
    form = form_on_page(call)
    return render_template(
        "applying/builder/remove.html",
        call=call,
        section=form.section(key),
        lines=_lines_with(call, editing.emptied_section(form, key)),
    )


@pages.post(FORM + "/remove")
@needs(Permission.CALL_EDIT)
def remove(reference: str) -> ResponseReturnValue:
    """Take a section, a question or a check out of the form."""
    call = draft_of(reference)
    form, posted = form_on_page(call), request.form
    if key := posted.get("emptied", ""):
        changed, removed = editing.emptied_section(form, key), _questions_of(form, key)
    elif key := posted.get("section", ""):
        changed, removed = editing.without_section(form, key), section_name(form, key)
    elif key := posted.get("question", ""):
        changed, removed = editing.without_question(form, key), question_name(form, key)
    else:
        number = counted(posted.get("check")) - 1
        changed, removed = editing.without_check(form, number), _check_name(number)
    lines = _lines_with(call, changed)
    keep_at_once(call, changed, removed=removed)
    flash(_removed_message(removed, len(lines)), "success")
    return to_form(call)


def _lines_with(call: Call, changed: Form) -> list[Texts]:
    """The lines of the eligibility checklist that go with a part of the form for applicants."""
    if purpose_of_page().is_for_grantees:
        return []
    return [line["line"]["label"] for line in lines_that_go(call, changed)]


def _removed_message(name: str, lines: int) -> str:
    if not lines:
        return _("Removed: %(name)s. You can put it back with “Undo”.", name=name)
    return _n(
        "Removed: %(name)s, with %(num)s line of the eligibility checklist. You can put"
        " everything back with “Undo”.",
        "Removed: %(name)s, with %(num)s lines of the eligibility checklist. You can put"
        " everything back with “Undo”.",
        lines,
        name=name,
    )


def _questions_of(form: Form, key: str) -> str:
    return _("questions of “%(section)s”", section=section_name(form, key))


def _check_name(number: int) -> str:
    return _("Check %(number)s", number=number + 1)
