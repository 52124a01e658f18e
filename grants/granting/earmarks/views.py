"""Pages of earmarked contributions: what is set apart, spent and left, and for which grants."""

from datetime import date

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import Money, total
from grants.core.people.permissions import Permission
from grants.giving.pledges.earmarked import share_of
from grants.granting.earmarks import queries
from grants.granting.earmarks.ended import ended as ended_earmarks
from grants.granting.earmarks.holdings import idle_money
from grants.granting.earmarks.queries import EarmarkBalance
from grants.granting.earmarks.share import accepted_in
from grants.platform.forms.periods import DayForm
from grants.platform.tables.exports import FORMATS, download
from grants.platform.tables.large import as_of_order, reporting
from grants.platform.tables.lists import most_at_once, numbered_page
from grants.platform.web.access import needs, viewer
from grants.platform.web.database import session
from grants.platform.web.funds import fund_for_viewer

pages = Blueprint("earmarks", __name__, url_prefix="/earmarks")


@pages.get("")
@needs(Permission.PLEDGE_SEE)
def ended() -> ResponseReturnValue:
    """Earmarks that have ended with money left: carried over, released, or sent back."""
    return render_template(
        "granting/earmarks/ended.html",
        rows=ended_earmarks(session(), viewer()),
    )


@pages.get("/<code>")
@needs(Permission.LEDGER_SEE)
def index(code: str) -> ResponseReturnValue:
    """Every earmarked contribution to a fund at the end of a day; as a file too."""
    fund = fund_for_viewer(code, Permission.LEDGER_SEE)
    form = DayForm()
    form.validate()
    on = form.on.data or clock.today()
    balances = queries.earmark_balances(session(), fund, on)
    ending = request.args.get("format", "")
    if ending in FORMATS:
        return _balances_file(fund, on, ending)
    on_page, previous, following = numbered_page(balances)
    return render_template(
        "granting/earmarks/index.html",
        fund=fund,
        form=form,
        on=on,
        balances=on_page,
        sums=[total(part) for part in zip(*map(_figures_of, balances), strict=True)],
        idle=idle_money(session(), fund, on),
        accepted=_accepted_in(fund, on.year),
        previous=previous,
        following=following,
    )


def _accepted_in(fund: Fund, year: int) -> dict[str, object]:
    bound, whole = accepted_in(session(), fund, year)
    return {"bound": bound, "whole": whole, "share": share_of(bound, whole)}


def _figures_of(balance: EarmarkBalance) -> tuple[Money, ...]:
    return (
        balance.received - balance.returned,
        balance.reserved,
        balance.set_apart,
        balance.spent,
        balance.left,
    )


def _balances_file(fund: Fund, on: date, ending: str) -> Response:
    """All of them, as they are when the file is made; a long file is made by the worker."""
    heads = [
        *(_("Pledge"), _("Donor"), _("Earmarked for"), _("Until"), _("Received, USD")),
        *(_("Reserved, USD"), _("Set apart, USD"), _("Spent, USD"), _("Left, USD")),
    ]
    balances = queries.earmark_balances(session(), fund, on)

    def written() -> Response:
        rows = (_cells_of(balance) for balance in balances)
        name = f"earmarks-{fund.code}-{on.isoformat()}"
        return download(name, ending, heads, reporting(rows, len(balances)))

    if len(balances) <= most_at_once(ending, heads):
        return written()
    return as_of_order(written, "earmarks", fund.code, on, ending, **DayForm.pinned(on))


def _cells_of(balance: EarmarkBalance) -> list[object]:
    pledge = balance.pledge
    donor = pledge.donor.name if pledge.donor else ""
    start = (pledge.reference, donor, balance.purpose, pledge.earmarked_until)
    return [*start, *_figures_of(balance)]


@pages.get("/<code>/<reference>")
@needs(Permission.LEDGER_SEE)
def show(code: str, reference: str) -> ResponseReturnValue:
    """One earmarked contribution: the grants that took from it."""
    fund = fund_for_viewer(code, Permission.LEDGER_SEE)
    balance = queries.balance_of(session(), fund, reference)
    return render_template(
        "granting/earmarks/show.html",
        fund=fund,
        balance=balance,
        figures=_figures_of(balance),
        uses=queries.uses_of(session(), balance.pledge),
    )
