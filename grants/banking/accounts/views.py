"""Pages on which a change of bank details is read and decided on."""

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue

from grants.banking.accounts import queries
from grants.banking.accounts.workflow import ACCOUNT_CHANGE
from grants.core.audit.queries import trail_of
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.people.permissions import Permission
from grants.platform.forms.step_pages import StepPages
from grants.platform.web.access import needs, viewer
from grants.platform.web.database import session
from grants.platform.web.steps import buttons

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


change_pages = StepPages(
    pages,
    ACCOUNT_CHANGE,
    lambda number: queries.change_for_viewer(session(), number, viewer()),
    lambda change: url_for("accounts.show", number=change.id),
    lambda change: (change.account.code,),
)
COMPARE = _l("Compare every detail with the bank’s own letter, not with an e-mail.")

change_pages.step(
    "approve",
    "/<int:number>/approve",
    lead=COMPARE,
    done=_l("The change has taken effect."),
    template="banking/accounts/decide.html",
)
change_pages.step(
    "decline",
    "/<int:number>/decline",
    lead=COMPARE,
    tone="warning",
    template="banking/accounts/decide.html",
)
