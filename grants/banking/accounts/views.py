"""Pages on which a change of bank details is read and decided on."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from grants.banking.accounts import queries, service
from grants.banking.accounts.forms import ApproveForm, DeclineForm
from grants.banking.accounts.models import AccountChange
from grants.banking.accounts.workflow import ACCOUNT_CHANGE
from grants.core.audit.queries import trail_of
from grants.core.kernel.language import gettext as _
from grants.core.people.permissions import Permission
from grants.platform.web.access import needs, this_act, viewer
from grants.platform.web.acts import attempt
from grants.platform.web.database import session
from grants.platform.web.steps import buttons, possible

pages = Blueprint("accounts", __name__, url_prefix="/bank/account-changes")


@pages.get("")
@needs(Permission.BANK_ACCOUNT_APPROVE)
def waiting() -> ResponseReturnValue:
    """The changes that wait for this person's decision."""
    changes = session().scalars(queries.waiting_for(viewer())).all()
    return render_template("banking/accounts/waiting.html", changes=changes)


@pages.get("/<int:number>")
@needs(Permission.BANK_SEE)
def show(number: int) -> ResponseReturnValue:
    """One change: each detail as it was and as it is to be."""
    change = queries.change_for_viewer(session(), number, viewer())
    return render_template(
        "banking/accounts/show.html",
        change=change,
        state=ACCOUNT_CHANGE.names[change.state],
        trail=trail_of(session(), "account_change", change.id),
        steps=buttons(change, ACCOUNT_CHANGE, number=change.id),
    )


@pages.route("/<int:number>/approve", methods=["GET", "POST"])
@needs(Permission.BANK_ACCOUNT_APPROVE)
def approve(number: int) -> ResponseReturnValue:
    """Put the details in force."""
    change = possible(queries.change_for_viewer(session(), number, viewer()), ACCOUNT_CHANGE)
    form = ApproveForm()
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            service.approve(opened, change, this_act())
        if outcome:
            flash(_("The change is in force."), "success")
            return _to(change)
    return render_template("banking/accounts/decide.html", change=change, form=form, declines=False)


@pages.route("/<int:number>/decline", methods=["GET", "POST"])
@needs(Permission.BANK_ACCOUNT_APPROVE)
def decline(number: int) -> ResponseReturnValue:
    """Leave the details as they are, with the reason."""
    change = possible(queries.change_for_viewer(session(), number, viewer()), ACCOUNT_CHANGE)
    form = DeclineForm()
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            service.decline(opened, change, this_act(form.reason.data))
        if outcome:
            return _to(change)
    return render_template("banking/accounts/decide.html", change=change, form=form, declines=True)


def _to(change: AccountChange) -> ResponseReturnValue:
    return redirect(url_for("accounts.show", number=change.id))
