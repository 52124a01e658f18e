"""Undoing a change of the form: the forms as they were before each change, to bring one back."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from grants.applying.builder.pages import FORM, draft_of, pages, purpose_of_page, to_form
from grants.applying.calls import earlier
from grants.applying.calls.service import bring_back
from grants.core.kernel.language import gettext as _
from grants.core.people.permissions import Permission
from grants.platform.forms.typed import counted
from grants.platform.web.access import needs, this_act
from grants.platform.web.database import session, transaction


@pages.get(FORM + "/earlier")
@needs(Permission.CALL_EDIT)
def earlier_forms(reference: str) -> ResponseReturnValue:
    """The forms as they were before each change, the last first."""
    call = draft_of(reference)
    former = earlier.earlier_forms(session(), call, purpose_of_page())
    return render_template(
        "applying/builder/earlier.html",
        call=call,
        kept=[
            (former_form, earlier.change_in_words(former_form.what), former_form.questionnaire)
            for former_form in former
        ],
    )


@pages.post(FORM + "/earlier")
@needs(Permission.CALL_EDIT)
def undo(reference: str) -> ResponseReturnValue:
    """Bring back the form as it was before a change."""
    call = draft_of(reference)
    number = counted(request.form.get("earlier"))
    former = earlier.earlier_form(session(), call, number, purpose_of_page())
    with transaction() as opened:
        call.seen_at(counted(request.form.get("version")))
        bring_back(opened, call, former, this_act())
    flash(_("The form is back as it was before."), "success")
    if request.form.get("go") == "list":
        return redirect(url_for(".earlier_forms", reference=reference))
    return to_form(call)
