"""Parts of other forms: whole sections with their questions, to take over into a form."""

from functools import partial

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from grants.applying.builder.pages import (
    FORM,
    draft_of,
    form_on_page,
    pages,
    purpose_of_page,
    section_name,
    to_form,
)
from grants.applying.calls import queries
from grants.applying.calls.models import Call
from grants.applying.calls.purposes import STANDARDS
from grants.applying.calls.service import change_form, lines_that_go
from grants.applying.form_parts import editing
from grants.core.kernel.errors import DomainError, Missing
from grants.core.kernel.language import gettext as _
from grants.core.people.permissions import Permission
from grants.platform.forms.typed import counted
from grants.platform.questionnaires.form import Form
from grants.platform.web.access import needs, this_act, viewer
from grants.platform.web.database import session, transaction

STANDARD, EMPTY = "standard", "empty"
EMPTY_FORM = Form(sections=())
"""For a call that asks something of its own: it begins with no section at all."""
AT_ONCE = 8
"""Earlier calls on a page, the newest first."""
LAST_PAGE = 10_000


@pages.get(FORM + "/library")
@needs(Permission.CALL_EDIT)
def library(reference: str) -> ResponseReturnValue:
    """The forms from which sections can be taken over: the fund's standard, and earlier calls page
    by page.
    """
    call = draft_of(reference)
    number = min(max(request.args.get("page", 1, int), 1), LAST_PAGE)
    of_staff = queries.calls_of_staff(viewer()).with_only_columns(Call.id)
    if purpose_of_page().is_for_grantees:
        of_staff = of_staff.where(Call.grantee_forms.has_key(purpose_of_page().value))
    newest = of_staff.where(Call.id != call.id).order_by(Call.id.desc())
    some = session().scalars(newest.offset((number - 1) * AT_ONCE).limit(AT_ONCE + 1)).all()
    on_page = select(Call).where(Call.id.in_(some[:AT_ONCE])).order_by(Call.id.desc())
    own_forms = _own_forms() if number == 1 else {}
    page_url = partial(url_for, ".library", reference=reference)
    return render_template(
        "applying/builder/library.html",
        call=call,
        taken={question.key for question in form_on_page(call).items},
        forms=[
            *((name, *form) for name, form in own_forms.items()),
            *(
                (c.reference, c.name, c.form_for(purpose_of_page()))
                for c in session().scalars(on_page)
            ),
        ],
        previous=page_url(page=number - 1) if number > 1 else "",
        following=page_url(page=number + 1) if len(some) > AT_ONCE else "",
    )


@pages.get(FORM + "/library/<name>")
@needs(Permission.CALL_EDIT)
def ask_replacement(reference: str, name: str) -> ResponseReturnValue:
    """What goes and what comes, before a whole form takes the place of the present one."""
    call = draft_of(reference)
    title, form = _form_of_library(name)
    return render_template(
        "applying/builder/replace.html",
        call=call,
        name=name,
        title=title,
        new=form,
        present=form_on_page(call),
        lines=[line["line"]["label"] for line in lines_that_go(call, form)]
        if not purpose_of_page().is_for_grantees
        else [],
    )


@pages.post(FORM + "/library")
@needs(Permission.CALL_EDIT)
def take_over(reference: str) -> ResponseReturnValue:
    """Add a section of another form, with its questions; or take the whole form instead."""
    call = draft_of(reference)
    title, source = _form_of_library(request.form.get("from", ""))
    key = request.form.get("section", "")
    try:
        form = editing.taken_over(form_on_page(call), source, key) if key else source
        what = {"taken_over": section_name(source, key)} if key else {"replaced": title}
        with transaction() as opened:
            call.seen_at(counted(request.form.get("version")))
            change_form(opened, call, form, this_act(), purpose=purpose_of_page(), **what)
    except DomainError as refusal:
        flash(refusal.message, "error")
        return redirect(url_for(".library", reference=reference))
    flash(_("Saved. You can put the form back as it was with “Undo”."), "success")
    return to_form(call)


def _form_of_library(name: str) -> tuple[str, Form]:
    """A form of the library, with what it is called there."""
    if name in (STANDARD, EMPTY):
        return _own_forms()[name]
    call = session().scalar(queries.calls_of_staff(viewer()).where(Call.reference == name))
    if call is None:
        raise Missing(_("Call for proposals not found."))
    return call.name, form_on_page(call)


def _own_forms() -> dict[str, tuple[str, Form]]:
    return {
        EMPTY: (_("An empty form"), EMPTY_FORM),
        STANDARD: (_("The fund’s standard form"), STANDARDS[purpose_of_page()]),
    }
