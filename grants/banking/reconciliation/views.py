"""Pages on which bank and books are held against each other, month by month."""

from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from grants.banking.bank.queries import account_for_viewer, accounts_for_viewer
from grants.banking.reconciliation import queries
from grants.banking.reconciliation.figures import Figures
from grants.banking.reconciliation.open_items import together, unrecorded_receipts
from grants.banking.reconciliation.service import recorded_in, sign_off
from grants.books.ledger.periods import parse_month
from grants.core.funds.models import BankAccount
from grants.core.kernel import clock
from grants.core.kernel.language import gettext as _
from grants.core.people.permissions import Permission
from grants.core.people.viewer import Scope
from grants.platform.web.access import needs, this_act, viewer
from grants.platform.web.database import session, transaction

pages = Blueprint("reconciliation", __name__, url_prefix="/bank/reconciliations")

MOST_SHOWN = 80
"""Open items of each side on the page; the document has them all."""


@pages.get("")
@needs(Permission.BANK_SEE)
def index() -> ResponseReturnValue:
    """Every month of every account that statements reach into, and who signed it."""
    rows = []
    for account in accounts_for_viewer(session(), viewer()):
        signatures = queries.signatures(session(), account)
        rows += [
            (account, month, signatures.get(month))
            for month in queries.months_of(session(), account)
        ]
    rows.sort(key=lambda row: row[1], reverse=True)
    return render_template("banking/reconciliation/index.html", rows=rows)


@pages.get("/<code>/<month>")
@needs(Permission.BANK_SEE)
def show(code: str, month: str) -> ResponseReturnValue:
    """One month of one account: balances, open items, signature."""
    account, first = account_for_viewer(session(), code, viewer()), parse_month(month)
    figures = queries.reconcile(session(), account, first, MOST_SHOWN)
    signature = queries.signed(session(), account, first)
    holds = signature is not None and queries.is_as_signed(session(), signature, figures)
    return render_template(
        "banking/reconciliation/show.html",
        bank_account=account,
        figures=figures,
        unrecorded=together(session(), unrecorded_receipts(account, figures.to), account),
        signature=signature,
        changed=signature is not None and not holds,
        may_sign=not holds and _may_sign(account, first, figures),
    )


def _may_sign(account: BankAccount, month: date, figures: Figures) -> bool:
    return (
        figures.holds
        and figures.to < clock.today()
        and viewer().may(Permission.BANK_SIGN_OFF, Scope(account.fund_id))
        and not recorded_in(session(), account, month, figures.to, viewer())
    )


@pages.post("/<code>/<month>")
@needs(Permission.BANK_SIGN_OFF)
def sign(code: str, month: str) -> ResponseReturnValue:
    """Bank and books agree, but for the open items."""
    account, first = account_for_viewer(session(), code, viewer()), parse_month(month)
    with transaction() as opened:
        sign_off(opened, account, first, this_act(), request.form.get("seen", ""))
    flash(_("Signed off. The figures have been saved as they are now."), "success")
    return redirect(url_for("reconciliation.show", code=code, month=month))
