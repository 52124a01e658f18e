"""What all pages of the builder share: the call whose form is made, and keeping a change of it."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from grants.applying.calls.models import Call
from grants.applying.calls.queries import call_for_viewer
from grants.applying.calls.service import change_form
from grants.applying.calls.workflow import PREPARED
from grants.applying.form_parts.conditional import Versioned
from grants.applying.form_parts.editing import section_of
from grants.core.kernel.errors import Conflict
from grants.core.kernel.language import gettext as _
from grants.core.people.permissions import Permission
from grants.platform.forms.typed import counted
from grants.platform.questionnaires.form import Form
from grants.platform.questionnaires.places import name_of_section
from grants.platform.web.access import this_act, viewer
from grants.platform.web.acts import attempt
from grants.platform.web.database import session, transaction

pages = Blueprint("builder", __name__)
FORM = "/calls/<reference>/form"


def draft_of(reference: str) -> Call:
    """A call whose form this person may change; Missing for one that has been opened."""
    call = call_for_viewer(session(), reference, viewer())
    this_act().demand(Permission.CALL_EDIT, call.scope)
    if call.state not in PREPARED:
        raise Conflict(_("The call has been opened, so its rules can no longer be changed."))
    return call


def to_form(call: Call, anchor: str = "") -> ResponseReturnValue:
    return redirect(url_for("builder.overview", reference=call.reference, _anchor=anchor or None))


def keep(call: Call, typed: Versioned, make: Callable[[], Form], **what: str) -> bool:
    """Make the changed form and keep it; what is wrong is shown on the form that was typed."""
    with attempt(typed) as (opened, outcome):
        call.seen_at(counted(typed.version.data))
        change_form(opened, call, make(), this_act(), **what)
    return bool(outcome)


def opened_at(typed: Versioned, call: Call) -> None:
    """A page remembers of which version it is."""
    if not typed.is_submitted():  # type: ignore[no-untyped-call]
        typed.version.process_data(str(call.version))


def keep_at_once(call: Call, form: Form, **what: Any) -> None:
    """Keep what a button did, if the page was not stale."""
    with transaction() as opened:
        call.seen_at(counted(request.form.get("version")))
        change_form(opened, call, form, this_act(), **what)


def section_name(form: Form, key: str) -> str:
    return name_of_section(form.section(key))[:80]


def question_name(form: Form, key: str) -> str:
    return section_of(form, key).question(key).english_title[:80]
