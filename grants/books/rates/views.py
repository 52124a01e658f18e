"""Pages of exchange rates: every dated row, one of them, the one of a day; and entering them."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from grants.books.ledger.models import Entry, ExchangeRate
from grants.books.ledger.rates import add_rates, rates_around, rates_holding
from grants.books.ledger.rates_file import rates_table, take_rates
from grants.books.rates import queries
from grants.books.rates.forms import USUAL, DayForm, RateForm, RatesFileForm, RatesForm
from grants.core.kernel import clock
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.language import ngettext as _n
from grants.core.kernel.money import total
from grants.core.people.permissions import Permission
from grants.core.texts.tabular import Problem
from grants.platform.tables.lists import Column, Listing, Order
from grants.platform.web.access import at_work, needs, this_act, viewer
from grants.platform.web.acts import attempt
from grants.platform.web.database import session

pages = Blueprint("rates", __name__, url_prefix="/ledger/rates")


def _link_of(rate: ExchangeRate) -> str:
    return url_for("rates.show", number=rate.id)


RATES = Listing(
    columns=(
        Column(_l("Currency"), lambda r: r.currency, link=_link_of, order="currency"),
        Column(_l("Units for 1 USD"), lambda r: r.rate, kind="number"),
        Column(_l("From"), lambda r: r.effective_on, kind="date", order="newest"),
        Column(_l("Published by"), lambda r: r.source),
        Column(_l("Entered by"), lambda r: r.actor),
        Column(_l("Entered at"), lambda r: r.recorded_at, shown=False),
    ),
    orders={
        "newest": Order(ExchangeRate.effective_on, ExchangeRate.id, descending=True),
        "currency": Order(ExchangeRate.currency, ExchangeRate.effective_on),
    },
)

ENTRIES = Listing(
    columns=(
        Column(
            _l("Number"),
            lambda e: e.id,
            link=lambda e: url_for("periods.entry", code=e.fund.code, number=e.id),
        ),
        Column(_l("Date"), lambda e: e.booked_on, kind="date"),
        Column(_l("Event"), lambda e: e.event.label, worth="title"),
        Column(_l("Related record"), lambda e: e.subject),
        Column(
            _l("Amount"),
            lambda e: total(posting.usd for posting in e.postings if posting.usd_minor > 0),
            kind="money",
        ),
    ),
    orders={"newest": Order(Entry.booked_on, Entry.id, descending=True)},
)


@pages.get("")
@needs(Permission.LEDGER_SEE)
def index() -> ResponseReturnValue:
    """Every dated row, by currency and day; as a file too."""
    form = RatesForm()
    listed = RATES.of(session(), queries.rates_listed(form.criteria), "rates")
    return listed.file or render_template(
        "books/rates/index.html",
        form=form,
        listed=listed,
        may_enter=viewer().may(Permission.LEDGER_RATES),
    )


@pages.get("/<int:number>")
@needs(Permission.LEDGER_SEE)
def show(number: int) -> ResponseReturnValue:
    """One dated row: from when till when it holds, who entered it, what was booked at it."""
    rate = queries.rate_called(session(), number)
    listed = ENTRIES.of(session(), queries.entries_at(at_work(), rate), f"rate-{rate.currency}")
    return listed.file or render_template(
        "books/rates/show.html",
        rate=rate,
        beside=queries.neighbours(session(), rate),
        listed=listed,
    )


@pages.get("/on")
@needs(Permission.LEDGER_SEE)
def on() -> ResponseReturnValue:
    """Which rate holds on a day, and why."""
    form = DayForm()
    form.validate()
    day = form.on.data or clock.today()
    currency = (form.code.data or "").upper()
    holding, later = rates_around(session(), currency, day) if currency else (None, None)
    return render_template(
        "books/rates/on.html",
        form=form,
        day=day,
        currency=currency,
        held=holding,
        later=later,
        rates=[] if currency else rates_holding(session(), day),
    )


@pages.route("/new", methods=["GET", "POST"])
@needs(Permission.LEDGER_RATES)
def new() -> ResponseReturnValue:
    """Enter a published rate or a revision in mid-month. What is booked keeps its own."""
    form = RateForm(data=USUAL)
    if form.validate_on_submit() and _is_known(form):
        with attempt(form) as (opened, outcome):
            add_rates(opened, [form.published], this_act(), form.source.data)
        if outcome:
            flash(
                _("The rate has been entered. Entries already posted keep their rate."), "success"
            )
            return redirect(url_for("rates.index", code=form.published.currency))
    return render_template("books/rates/new.html", form=form)


def _is_known(form: RateForm) -> bool:
    """A person who enters a rate late says that it changes nothing that is booked."""
    booked = queries.booked_before_it_came(session(), form.published)
    if booked and not form.known.data:
        form.complain(
            "known",
            _n(
                "%(num)s entry on these dates was posted at an earlier rate and will keep it. "
                "Tick the box to enter the rate anyway.",
                "%(num)s entries on these dates were posted at an earlier rate and will keep "
                "it. Tick the box to enter the rate anyway.",
                booked,
            ),
        )
        return False
    return True


@pages.route("/file", methods=["GET", "POST"])
@needs(Permission.LEDGER_RATES)
def file() -> ResponseReturnValue:
    """Enter a file of rates, all or none; each fault by its line."""
    form = RatesFileForm(data=USUAL)
    faults: list[Problem] = []
    if form.validate_on_submit():
        upload = form.file.data
        table = rates_table(upload.filename or "rates.csv").read(upload.read())
        with attempt(form) as (opened, outcome):
            added = take_rates(opened, table, this_act(), form.source.data)
        if outcome:
            return _after_import(len(table.rows), added)
        if faults := sorted(table.problems):
            form.form_errors[:] = [
                _("No rates were recorded. Correct the errors listed in the table.")
            ]
    return render_template("books/rates/file.html", form=form, faults=faults)


def _after_import(read: int, added: int) -> ResponseReturnValue:
    flash(
        _("%(rows)s rates read, %(new)s of them new.", rows=read, new=added),
        "success",
    )
    return redirect(url_for("rates.index"))
