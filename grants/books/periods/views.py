"""The ledger's pages: balances, entries, exchange rates, periods. They show, and close months."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from grants.books.ledger.accounts import Account
from grants.books.ledger.earmarks import note_on
from grants.books.ledger.models import Entry
from grants.books.ledger.queries import (
    TrialRow,
    account_sums,
    balances,
    entries_of,
    entry_of,
    trial_balance,
)
from grants.books.ledger.turnover import END
from grants.books.periods import service
from grants.books.periods.forms import EntriesForm, ReverseForm
from grants.books.periods.owners import held_by, owner_of
from grants.core.audit.queries import trail_of
from grants.core.funds.models import Fund
from grants.core.funds.queries import all_funds
from grants.core.kernel import clock
from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.money import total, usd
from grants.core.people.permissions import Permission
from grants.core.people.viewer import Scope
from grants.core.texts.marks import spaced
from grants.platform.forms.periods import DayForm
from grants.platform.layout.chrome import in_menu
from grants.platform.tables.exports import FORMATS, download
from grants.platform.tables.lists import Column, Listing, Order
from grants.platform.trail.words import ACTS
from grants.platform.web.access import needs, this_act, viewer
from grants.platform.web.acts import attempt, refusal
from grants.platform.web.database import session
from grants.platform.web.funds import fund_for_viewer

pages = Blueprint("periods", __name__, url_prefix="/ledger")


def fund_seen(code: str) -> Fund:
    """A fund whose books the viewer may see; else it is not there."""
    return fund_for_viewer(code, Permission.LEDGER_SEE)


@pages.get("")
@in_menu(_l("Ledger"), 80, also=("rates", "receivables", "settings"), key="l")
@needs(Permission.LEDGER_SEE)
def index() -> ResponseReturnValue:
    """The books of the first fund that the person may see."""
    for fund in all_funds(session()):
        if viewer().may(Permission.LEDGER_SEE, Scope(fund_id=fund.id)):
            return redirect(url_for("periods.overview", code=fund.code))
    raise Missing(_("Fund not found."))


@pages.get("/<code>")
@needs(Permission.LEDGER_SEE)
def overview(code: str) -> ResponseReturnValue:
    """Balances and the trial balance, today or at the end of a day."""
    fund = fund_seen(code)
    form = DayForm()
    form.validate()
    rows = trial_balance(session(), fund, form.on.data)
    ending = request.args.get("format", "")
    if ending in FORMATS:
        return _trial_balance_file(fund, rows, ending)
    position = balances(session(), fund, form.on.data)
    return render_template(
        "books/periods/overview.html",
        fund=fund,
        funds=[other for other in all_funds(session()) if other.id != fund.id],
        form=form,
        standing=position,
        earmarks=note_on(session(), fund, position.available, form.on.data),
        rows=rows,
        debit=total(row.debit for row in rows),
        credit=total(row.credit for row in rows),
    )


def _trial_balance_file(fund: Fund, rows: list[TrialRow], ending: str) -> ResponseReturnValue:
    heads = [_("Account"), _("Name"), _("Debit"), _("Credit")]
    cells = ([row.account.number, str(row.account.label), row.debit, row.credit] for row in rows)
    return download(f"trial-balance-{fund.code}", ending, heads, cells)


def _link_of(entry: Entry) -> str:
    return url_for("periods.entry", code=entry.fund.code, number=entry.id)


def _accounts_on(entry: Entry, sign: int) -> str:
    """The accounts it debited (1) or credited (-1), each once."""
    of_side = (p.account.label for p in entry.postings if p.usd_minor * sign > 0)
    return spaced(",").join(dict.fromkeys(map(str, of_side)))


def _turnover_of(entry: Entry) -> object:
    """What was debited in all, in USD."""
    return total(posting.usd for posting in entry.postings if posting.usd_minor > 0)


def _status_of(entry: Entry) -> str:
    if entry.reverses_id:
        return _("Reversal")
    return _("Reversed") if entry.reversed_by else _("Posted")


ENTRIES = Listing(
    columns=(
        Column(_l("Number"), lambda e: e.id, link=_link_of),
        Column(_l("Date"), lambda e: e.booked_on, kind="date"),
        Column(_l("Event"), lambda e: e.event.label, worth="title"),
        Column(_l("Debit"), lambda e: _accounts_on(e, 1)),
        Column(_l("Credit"), lambda e: _accounts_on(e, -1)),
        Column(_l("Amount"), _turnover_of, kind="money"),
        Column(_l("Related record"), lambda e: e.subject),
        Column(
            _l("Status"),
            _status_of,
            tone=lambda e: "bad" if e.reverses_id or e.reversed_by else "neutral",
        ),
        Column(_l("Reference"), lambda e: e.key, shown=False),
        Column(_l("Recorded by"), lambda e: e.actor, shown=False),
        Column(_l("Recorded at"), lambda e: e.recorded_at, shown=False),
        Column(_l("Reason"), lambda e: e.reason, shown=False),
    ),
    orders={"newest": Order(Entry.booked_on, Entry.id, descending=True)},
)


@pages.get("/<code>/entries")
@needs(Permission.LEDGER_SEE)
def entries(code: str) -> ResponseReturnValue:
    """Every entry, by day, account and record; as a file too."""
    fund = fund_seen(code)
    form = EntriesForm()
    listed = ENTRIES.of(session(), entries_of(fund.id, form.criteria), f"ledger-{fund.code}")
    return listed.file or render_template(
        "books/periods/entries.html", fund=fund, form=form, listed=listed
    )


@pages.get("/<code>/entries/<int:number>")
@needs(Permission.LEDGER_SEE)
def entry(code: str, number: int) -> ResponseReturnValue:
    """One entry: its postings with their rates, who recorded it, what undid it."""
    fund = fund_seen(code)
    ledger_entry = entry_of(session(), fund.id, number)
    may_reverse = viewer().may(Permission.LEDGER_REVERSE, Scope(fund_id=fund.id))
    return render_template(
        "books/periods/entry.html",
        fund=fund,
        entry=ledger_entry,
        owner=owner_of(session(), ledger_entry),
        held=held_by(session(), ledger_entry),
        may_reverse=may_reverse and service.stands_alone(session(), ledger_entry),
        trail=trail_of(session(), "entry", ledger_entry.id),
        acts=ACTS,
    )


@pages.route("/<code>/entries/<int:number>/reverse", methods=["GET", "POST"])
@needs(Permission.LEDGER_REVERSE)
def reverse_entry(code: str, number: int) -> ResponseReturnValue:
    """Undo an entry that no record owns, with the reason."""
    fund = fund_seen(code)
    ledger_entry = entry_of(session(), fund.id, number)
    form = ReverseForm(data={"booked_on": clock.today()})
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            act = this_act(form.reason.data)
            undone = service.reverse_entry(opened, ledger_entry, form.booked_on.data, act)
        if outcome:
            flash(_("The entry has been reversed."), "success")
            return redirect(url_for("periods.entry", code=fund.code, number=undone.id))
    refused = refusal(lambda: service.require_alone(session(), ledger_entry))
    return render_template(
        "books/periods/reverse.html", fund=fund, entry=ledger_entry, form=form, refused=refused
    )


@pages.get("/<code>/accounts")
@needs(Permission.LEDGER_SEE)
def accounts(code: str) -> ResponseReturnValue:
    """The chart of accounts, with the balance of each at the end of a day."""
    fund = fund_seen(code)
    form = DayForm()
    form.validate()
    sums = account_sums(session(), fund.id, until=form.on.data or END)
    chart = sorted(Account, key=lambda account: account.number)
    balances_ = [(account, usd(account.kind.natural * sums.get(account, 0))) for account in chart]
    return render_template("books/periods/accounts.html", fund=fund, form=form, accounts=balances_)
