"""Taking a section, a question or a check out of the form. It can be undone."""

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue

from grants.applying.builder.pages import (
    FORM,
    draft_of,
    form_on_page,
    keep_at_once,
    pages,
    question_name,
    section_name,
    to_form,
)
from grants.applying.form_parts import editing
from grants.core.kernel.language import gettext as _
from grants.core.people.permissions import Permission
from grants.platform.forms.typed import counted
from grants.platform.questionnaires.form import Form
from grants.platform.web.access import needs


@pages.get(FORM + "/sections/<key>/remove")
@needs(Permission.CALL_EDIT)
def ask_removal(reference: str, key: str) -> ResponseReturnValue:
    """What goes with a section, before it goes."""
    call = draft_of(reference)
    section = form_on_page(call).section(key)
    return render_template("applying/builder/remove.html", call=call, section=section)


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
    keep_at_once(call, changed, removed=removed)
    flash(_("Removed: %(name)s. You can put it back with “Undo”.", name=removed), "success")
    return to_form(call)


def _questions_of(form: Form, key: str) -> str:
    return _("questions of “%(section)s”", section=section_name(form, key))


def _check_name(number: int) -> str:
    return _("Check %(number)s", number=number + 1)
