"""Pages of payment runs: begun from ticked payments, checked on one page, sent as a file."""

import io
from collections.abc import Sequence
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from grants.books.ledger.bank_accounts import accounts_of
from grants.core.audit.act import Act
from grants.core.audit.queries import trail_of
from grants.core.funds.models import BankAccount, Fund
from grants.core.funds.queries import all_funds, fund_by_code
from grants.core.kernel import clock
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.money import FUNCTIONAL_CURRENCY, Money
from grants.core.people.permissions import Permission
from grants.core.people.viewer import Scope
from grants.core.texts.formats import plain_day
from grants.core.texts.marks import spaced
from grants.granting.payment_runs import queries, service
from grants.granting.payment_runs.files import FileKind, media_type_of
from grants.granting.payment_runs.forms import (
    BeginForm,
    ColumnsForm,
    FileForm,
    PaidForm,
    read_columns,
    written_columns,
)
from grants.granting.payment_runs.models import PaymentRun, RunPart
from grants.granting.payment_runs.totals import cover_of, leaving_amount, totals_of
from grants.granting.payment_runs.workflow import RUN, RunState
from grants.granting.payments.checks import Check, checklists
from grants.granting.payments.many_views import instalment_bulk
from grants.granting.payments.models import Instalment
from grants.granting.payments.views import ACTS
from grants.granting.payments.workflow import INSTALMENT
from grants.platform.forms.step_pages import StepPages
from grants.platform.tables.exports import Sheet, write_book
from grants.platform.tables.lists import Column, Listing, Order
from grants.platform.web.access import at_work, needs, this_act, viewer
from grants.platform.web.acts import attempt
from grants.platform.web.database import session
from grants.platform.web.downloads import attachment, note_opening
from grants.platform.web.steps import buttons, possible

pages = Blueprint("payment_runs", __name__, url_prefix="/payment-runs")
ONE = "/<reference>"
P = Permission

RUNS = Listing(
    columns=(
        Column(
            _l("Payment run"),
            lambda run: run.reference,
            link=lambda run: url_for("payment_runs.show", reference=run.reference),
        ),
        Column(
            _l("Paid from"),
            lambda run: run.account.code if run.account else _("Outside this system"),
            worth="title",
        ),
        Column(_l("To be paid on"), lambda run: run.pays_on, kind="date", order="day"),
        Column(_l("Payments"), lambda run: len(run.parts), kind="number"),
        Column(_l("Total"), lambda run: run.total, kind="money"),
        Column(
            _l("Status"),
            lambda run: RUN.names[run.state].staff,
            tone=lambda run: RUN.names[run.state].tone,
        ),
    ),
    orders={"day": Order(PaymentRun.pays_on, PaymentRun.id, descending=True)},
)


@pages.get("")
@needs(P.DISBURSEMENT_SEE)
def index() -> ResponseReturnValue:
    """Every payment run of the funds one works for."""
    listed = RUNS.of(session(), queries.runs_for(at_work()), "payment-runs")
    if listed.file:
        return listed.file
    return render_template("granting/payment_runs/index.html", listed=listed, funds=_own_funds())


def _own_funds() -> Sequence[Fund]:
    """The funds whose payments this person makes."""
    numbers = at_work().funds_with(P.INSTALMENT_RELEASE)
    return [fund for fund in all_funds(session()) if numbers is None or fund.id in numbers]


def find_run(reference: str) -> PaymentRun:
    return possible(queries.run_for_viewer(session(), reference, viewer()), RUN)


def run_url(run: PaymentRun) -> str:
    return url_for("payment_runs.show", reference=run.reference)


Gates = tuple[RunPart, Money, str, Sequence[Check], str]


@pages.get(ONE)
@needs(P.DISBURSEMENT_SEE)
def show(reference: str) -> ResponseReturnValue:
    """The run on one page: each payment against each condition, totals, files, the next step."""
    run = find_run(reference)
    gates = _gates_of(run)
    may = viewer().may(P.INSTALMENT_RELEASE, run.scope)
    return render_template(
        "granting/payment_runs/show.html",
        run=run,
        name=RUN.names[run.state],
        states=INSTALMENT.names,
        gates=gates,
        totals=totals_of(session(), run),
        cover=cover_of(session(), run),
        steps=buttons(run, RUN, reference=run.reference),
        can_change=may and run.state is RunState.OPEN,
        can_send=all(not note for *_others, note in gates),
        may_pay=may and bool(queries.awaited_of(run)),
        may_download=may,
        kinds={kind.value: kind.label for kind in FileKind},
        trail=trail_of(session(), "payment_run", run.id),
    )


def _gates_of(run: PaymentRun) -> Sequence[Gates]:
    """Each payment against its conditions; those of one that has been paid, or sent, are over."""
    today = clock.today()
    lists = checklists(session(), [part.instalment for part in run.parts], today)
    return [_gate_row(run, part, lists[part.instalment_id]) for part in run.parts]


def _gate_row(run: PaymentRun, part: RunPart, conditions: Sequence[Check]) -> Gates:
    instalment = part.instalment
    over = run.state is not RunState.OPEN
    checks = () if over else conditions
    account = _account_of(part)
    unmet = [
        f"{check.note} ({check.mender})" if check.mender else check.note
        for check in checks
        if not check.met and not check.by_reason
    ]
    if not over and not instalment.is_approved:
        unmet.append(_("Not approved"))
    note = _("Paid on %(day)s", day=plain_day(instalment.paid_on)) if instalment.paid_on else ""
    amount = leaving_amount(session(), run, part)
    return (
        part,
        amount,
        account,
        checks,
        spaced(";").join(unmet) or note,
    )


def _account_of(part: RunPart) -> str:
    details = part.payee or part.instalment.paid_to
    return details.masked if details and details.is_readable else ""


run_pages = StepPages(
    pages, RUN, find_run, run_url, lambda run: (run.reference,), _l("The payment run")
)
run_pages.step(
    "send_file",
    f"{ONE}/file",
    FileForm,
    lambda opened, run, form, act: service.send_file(opened, run, FileKind(form.kind.data), act),
    lead=lambda run: _(
        "The run has %(number)s payments, %(total)s in total. Once the file is made, "
        "they count as sent: all of them, or none. Send the file to the bank or to "
        "the system that pays.",
        number=len(run.parts),
        total=f"{run.total} USD",
    ),
    button=_l("Make the file"),
    done=_l("The file has been made, and the payments count as sent."),
)
run_pages.step(
    "cancel",
    f"{ONE}/cancel",
    lead=_l("The payments stay approved and can be put into another run."),
    button=_l("Cancel the run"),
    tone="warning",
    done=_l("The run has been cancelled."),
)
run_pages.act(
    "make_again",
    P.INSTALMENT_RELEASE,
    f"{ONE}/file-again",
    FileForm,
    lambda opened, run, form, act: service.make_again(opened, run, FileKind(form.kind.data), act),
    title=_l("Make it in another format"),
    lead=_l("The same payments, for another system. Make sure that they are not paid twice."),
    button=_l("Make the file"),
    done=_l("The file has been made."),
)
run_pages.act(
    "record_paid",
    P.INSTALMENT_RELEASE,
    f"{ONE}/paid",
    PaidForm,
    lambda opened, run, form, act: service.record_paid(
        opened, run, form.paid_on.data, form.bank_reference.data, act
    ),
    title=_l("Record all as paid"),
    lead=_l("All payments of this run that were sent have been made, under one reference."),
    button=_l("Record the payments"),
    done=_l("The payments have been recorded and the organisations have been notified."),
)


@pages.get(f"{ONE}/files/<int:number>")
@needs(P.INSTALMENT_RELEASE)
def download(reference: str, number: int) -> ResponseReturnValue:
    """A file of the run again, word for word."""
    run = find_run(reference)
    this_act().demand(P.INSTALMENT_RELEASE, run.scope)
    file = queries.file_of_run(session(), run, number)
    kind = FileKind(file.kind)
    ending = "xml" if kind is FileKind.PAIN else kind.value
    content = service.content_of_file(file)
    if kind is FileKind.XLSX:
        content = _book_of(*service.rows_of_file(file))
    name = f"{run.reference}.{ending}"
    note_opening(name, run.scope)
    return attachment(name, media_type_of(kind), content)


def _book_of(heads: Sequence[str], rows: Sequence[Sequence[object]]) -> bytes:
    book = io.BytesIO()
    write_book(book, [Sheet("Payments", heads, rows)])
    return book.getvalue()


@pages.route("/columns/<code>", methods=["GET", "POST"])
@needs(P.INSTALMENT_RELEASE)
def columns(code: str) -> ResponseReturnValue:
    """The columns of the files that other systems take."""
    fund = fund_by_code(session(), code)
    this_act().demand(P.INSTALMENT_RELEASE, Scope(fund.id))
    now = queries.columns_of(session(), fund.id)
    form = ColumnsForm(data={"columns": written_columns(now)})
    if form.validate_on_submit():
        chosen = read_columns(form.columns.data)
        with attempt(form) as (opened, outcome):
            service.set_columns(opened, fund, chosen, this_act())
        if outcome:
            flash(_("The columns have been saved."), "success")
            return redirect(url_for("payment_runs.index"))
    return render_template("granting/payment_runs/columns.html", form=form, fund=fund)


def _own_accounts() -> Sequence[BankAccount]:
    """The open accounts of the funds for which this person pays, those in dollars first."""
    accounts = [account for fund in _own_funds() for account in accounts_of(session(), fund)]
    return sorted(
        (account for account in accounts if account.closed_on is None and not account.provider),
        key=lambda account: account.currency != FUNCTIONAL_CURRENCY,
    )


def _begin_run(opened: Session, instalments: Sequence[Instalment], form: Any, act: Act) -> None:
    fund = instalments[0].award.fund
    service.begin_run(opened, fund, form.chosen, form.pays_on.data, instalments, act)


BEGIN = instalment_bulk(
    "send",
    P.INSTALMENT_RELEASE,
    text=_l("Begin a payment run"),
    endpoint="payment_runs.begin",
    form=lambda: BeginForm(_own_accounts()),
    do_all=_begin_run,
)
ACTS.append(BEGIN)


@pages.route("/begin", methods=["GET", "POST"])
@needs(P.INSTALMENT_RELEASE)
def begin() -> ResponseReturnValue:
    """Put ticked, approved payments together."""
    return BEGIN.page("granting/payment_runs/begin.html", url_for("payment_runs.index"))
