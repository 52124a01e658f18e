"""What all pages of the builder share: the call, which of its forms is made, and keeping a change
of it.
"""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, current_app, g, redirect, request, url_for
from flask.typing import ResponseReturnValue

from grants.applying.calls.models import Call
from grants.applying.calls.purposes import FormPurpose
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
APPLICATION_FORM = "/calls/<reference>/form"
"""Of the pages that only the form for applicants has."""
FORM = "/calls/<reference>/<any(form, 'report-form', 'finance-form'):which>"
"""By `FormPurpose`."""


@pages.url_value_preprocessor
def _choose_form(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    """The address says which form is made; the pages are told by `purpose_of_page`."""
    g.form_purpose = FormPurpose((values or {}).pop("which", FormPurpose.APPLICATION.value))


@pages.url_defaults
def _keep_to_form(endpoint: str, values: dict[str, Any]) -> None:
    """Links of a page lead to the pages of the form that it is about."""
    if current_app.url_map.is_endpoint_expecting(endpoint, "which"):
        values.setdefault("which", purpose_of_page().value)


@pages.context_processor
def _tell_template() -> dict[str, FormPurpose]:
    return {"purpose": purpose_of_page()}


def purpose_of_page() -> FormPurpose:
    """Which form of the call this page is about."""
    purpose: FormPurpose = g.get("form_purpose", FormPurpose.APPLICATION)
    return purpose


def form_on_page(call: Call) -> Form:
    """The form of the call that this page is about; its rules may be about the concept note."""
    purpose = purpose_of_page()
    form = call.form_for(purpose)
    return call.with_concept_note(form) if purpose is FormPurpose.APPLICATION else form


def draft_of(reference: str) -> Call:
    """A call whose form this person may change; Missing for one that has been opened."""
    call = call_for_viewer(session(), reference, viewer())
    this_act().demand(Permission.CALL_EDIT, call.scope)
    if call.state not in PREPARED:
        raise Conflict(
            _(
                "The call has been opened and applicants may be answering its "
                "questions, so its form can no longer be changed. If a question is "
                "wrong, withdraw the call, copy it, correct the copy and open the "
                "copy."
            )
        )
    return call


def to_form(call: Call, anchor: str = "") -> ResponseReturnValue:
    return redirect(url_for("builder.overview", reference=call.reference, _anchor=anchor or None))


def keep(call: Call, typed: Versioned, make: Callable[[], Form], **what: str) -> bool:
    """Make the changed form and keep it; what is wrong is shown on the form that was typed."""
    with attempt(typed) as (opened, outcome):
        call.seen_at(counted(typed.version.data))
        change_form(opened, call, make(), this_act(), purpose=purpose_of_page(), **what)
    return bool(outcome)


def opened_at(typed: Versioned, call: Call) -> None:
    """A page remembers of which version it is."""
    if not typed.is_submitted():  # type: ignore[no-untyped-call]
        typed.version.process_data(str(call.version))


def keep_at_once(call: Call, form: Form, **what: Any) -> None:
    """Keep what a button did, if the page was not stale."""
    with transaction() as opened:
        call.seen_at(counted(request.form.get("version")))
        change_form(opened, call, form, this_act(), purpose=purpose_of_page(), **what)


def section_name(form: Form, key: str) -> str:
    return name_of_section(form.section(key))[:80]


def question_name(form: Form, key: str) -> str:
    return section_of(form, key).question(key).english_title[:80]
