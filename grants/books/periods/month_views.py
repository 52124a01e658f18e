"""Pages of the months of the books: which are open, what to look at, closing and opening again."""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from grants.books.ledger import periods
from grants.books.periods.closing import warnings_for
from grants.books.periods.forms import CloseForm, ReopenForm
from grants.books.periods.views import fund_seen, pages
from grants.core.people.permissions import Permission
from grants.core.people.viewer import Scope
from grants.platform.web.access import needs, this_act, viewer
from grants.platform.web.acts import attempt, refusal
from grants.platform.web.database import session


@pages.get("/<code>/periods")
@needs(Permission.LEDGER_SEE)
def months(code: str) -> ResponseReturnValue:
    """The months of the books, and which of them are closed."""
    fund = fund_seen(code)
    return render_template(
        "books/periods/periods.html",
        fund=fund,
        months=periods.months(session(), fund.id),
        history=periods.history(session(), fund.id),
    )


@pages.get("/<code>/periods/<month>")
@needs(Permission.LEDGER_SEE)
def month(code: str, month: str) -> ResponseReturnValue:
    """One month: what to look at before it is closed, who closed it and opened it when and why."""
    fund = fund_seen(code)
    first = periods.parse_month(month)
    return render_template(
        "books/periods/month.html",
        fund=fund,
        first=first,
        path=month,
        closed_at=periods.closed_at(session(), fund.id, first),
        warnings=warnings_for(session(), fund, first),
        history=periods.history(session(), fund.id, first),
        may_close=viewer().may(Permission.LEDGER_CLOSE, Scope(fund_id=fund.id)),
    )


@pages.route("/<code>/periods/<month>/close", methods=["GET", "POST"])
@needs(Permission.LEDGER_CLOSE)
def close_month(code: str, month: str) -> ResponseReturnValue:
    """No entry gets into this month any more. What is still to be settled is named first."""
    fund = fund_seen(code)
    first = periods.parse_month(month)
    form = CloseForm()
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            periods.close(opened, fund, first, this_act(form.reason.data or None))
        if outcome:
            return redirect(url_for("periods.month", code=fund.code, month=month))
    warnings = warnings_for(session(), fund, first)
    return render_template(
        "books/periods/close.html", fund=fund, form=form, first=first, path=month, warnings=warnings
    )


@pages.route("/<code>/periods/<month>/reopen", methods=["GET", "POST"])
@needs(Permission.LEDGER_CLOSE)
def reopen_month(code: str, month: str) -> ResponseReturnValue:
    """Ask for the reason, then open a closed month again."""
    fund = fund_seen(code)
    first = periods.parse_month(month)
    form = ReopenForm()
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            periods.reopen(opened, fund, first, this_act(form.reason.data))
        if outcome:
            return redirect(url_for("periods.month", code=fund.code, month=month))
    return render_template(
        "books/periods/reopen.html",
        fund=fund,
        form=form,
        refused=refusal(lambda: periods.require_closed(session(), fund, first)),
        first=first,
        path=month,
    )
