"""Copying a question or a section of a form."""

from flask import flash, request
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
from grants.applying.calls.purposes import keys_taken
from grants.applying.form_parts import editing, parts
from grants.core.kernel.language import gettext as _
from grants.core.people.permissions import Permission
from grants.platform.web.access import needs


@pages.post(FORM + "/copy")
@needs(Permission.CALL_EDIT)
def copy(reference: str) -> ResponseReturnValue:
    """One more of the same behind it, under a key of its own."""
    call = draft_of(reference)
    form, posted = form_on_page(call), request.form
    keys = keys_taken(form, purpose_of_page())
    if key := posted.get("section", ""):
        changed, new_key = parts.copied_section(form, key, keys)
        name, anchor = section_name(form, key), f"s-{new_key}"
    else:
        key = posted.get("question", "")
        changed, new_key = editing.copied_question(form, key, keys)
        name, anchor = question_name(form, key), f"q-{new_key}"
    keep_at_once(call, changed, added=name)
    flash(_("Copied. Now change the text of the copy. “Undo” removes it again."), "success")
    return to_form(call, anchor)
