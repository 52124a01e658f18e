"""Finance's pages of the bank: its lines, its statements, the fund's accounts."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Select

from grants.banking.accounts.queries import waiting_of
from grants.banking.accounts.service import propose
from grants.banking.bank import queries
from grants.banking.bank.forms import ChangeAccountForm, LinesFilter, NewAccountForm, StatementForm
from grants.banking.bank.grantees import fitting_instalments, fitting_refunds
from grants.banking.bank.importing import import_statements, in_words, warned
from grants.banking.bank.listed import FACTS, ListedLine
from grants.banking.bank.models import BankLine, BankStatement
from grants.banking.bank.proposals import fitting, likely_kind
from grants.banking.bank.workflow import LINE, LineState
from grants.books.ledger.bank_accounts import (
    AccountDetails,
    BankBalance,
    bank_balances,
    close_account,
    open_account,
)
from grants.core.audit.queries import trail_of
from grants.core.funds.queries import fund_by_code
from grants.core.kernel import clock
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.people.permissions import Permission
from grants.platform.layout.chrome import in_menu
from grants.platform.tables.cases import from_list
from grants.platform.tables.columns import age
from grants.platform.tables.lists import Column, Listing, Order
from grants.platform.web.access import at_work, needs, this_act, viewer
from grants.platform.web.acts import attempt
from grants.platform.web.again import files_ask_first
from grants.platform.web.database import session, transaction
from grants.platform.web.funds import funds_for_viewer

pages = Blueprint("bank", __name__, url_prefix="/bank")


def _likely_text(line: ListedLine) -> str:
    """What an open line most likely is."""
    if line.state is not LineState.UNMATCHED:
        return ""
    best = next(iter(fitting(line.stated, line.could_be.pledges, 1)), None)
    kind = likely_kind(line.stated)
    of_grant = _of_a_grant(line)
    if of_grant and not (best and best.fit.score > of_grant[0]):
        return of_grant[1]
    if kind is not None and not (best and best.sure):
        return str(LINE.step(kind).label)
    if best is None:
        return ""
    return _("%(pledge)s (%(score)s of 100)", pledge=best.pledge.reference, score=best.fit.score)


def _of_a_grant(line: ListedLine) -> tuple[int, str] | None:
    """The instalment that a debit resembles, or the grant of a refund, with how well it fits."""
    for paid in fitting_instalments(line.stated, line.could_be.instalments, 1):
        if paid.resembles:
            words = _(
                "Instalment %(grant)s/%(number)s (%(score)s of 100)",
                grant=paid.instalment.grant,
                number=paid.instalment.number,
                score=paid.fit.score,
            )
            return paid.fit.score, words
    if line.stated.is_return:
        return 100, str(LINE.step("take_return").label)
    for back in fitting_refunds(line.stated, line.could_be.grants, 1):
        if back.resembles:
            words = _(
                "Refund on %(grant)s (%(score)s of 100)",
                grant=back.grant.grant,
                score=back.fit.score,
            )
            return back.fit.score, words
    return None


def _link_of(line: BankLine | ListedLine) -> str:
    return from_list("bank.show", line_id=line.id)


LINES = Listing(
    columns=(
        Column(_l("Value date"), lambda n: n.stated.value_on, kind="date", order="day"),
        Column(_l("Account"), lambda n: n.account),
        Column(
            _l("Payer or payee"),
            lambda n: n.stated.counterparty or n.stated.text[:60] or n.stated.code,
            worth="name",
            link=_link_of,
        ),
        Column(_l("Amount"), lambda n: n.amount, kind="money"),
        Column(
            _l("Status"),
            lambda n: LINE.names[n.state].staff,
            tone=lambda n: LINE.names[n.state].tone,
        ),
        Column(_l("Proposal"), _likely_text, worth="title"),
        age(lambda n: n.stated.value_on, lambda n: n.state is LineState.UNMATCHED),
        Column(_l("Booked on"), lambda n: n.booked_on, shown=False),
        Column(_l("Reference"), lambda n: n.stated.end_to_end, shown=False),
        Column(_l("Bank reference"), lambda n: n.bank_reference, shown=False),
        Column(_l("Text"), lambda n: n.stated.text, shown=False),
        Column(_l("Bank fee deducted"), lambda n: n.fee, kind="money", shown=False),
        Column(_l("Type"), lambda n: n.stated.code, shown=False),
        Column(_l("Statement"), lambda n: n.statement, shown=False),
    ),
    orders={
        "day": Order(BankLine.value_on, BankLine.id, descending=True),
        "newest": Order(BankLine.id, descending=True),
    },
    facts=FACTS,
)


def wanted_by(form: LinesFilter) -> Select[BankLine]:
    """The lines that the address asks for."""
    query, values = _lines_by(form)
    return query.params(values) if values else query


def _lines_by(form: LinesFilter) -> tuple[Select[BankLine], Mapping[str, Any]]:
    filters = form.criteria if form.validate() else queries.Criteria()
    return queries.lines_wanted(session(), at_work(), filters)


@pages.get("")
@in_menu(_l("Bank"), 75, count=queries.to_match, also=("reconciliation",), key="k")
@needs(Permission.BANK_SEE)
@files_ask_first
def index() -> ResponseReturnValue:
    """Every line of the bank, with what each most likely is; as a file too."""
    accounts = queries.accounts_for_viewer(session(), viewer())
    form = LinesFilter(accounts)
    query, values = _lines_by(form)
    listed = LINES.of(session(), query, "bank-lines", values)
    return listed.file or render_template(
        "banking/bank/index.html",
        listed=listed,
        form=form,
        waiting=session().scalar(queries.count_open(at_work())),
        may_import=viewer().may(Permission.BANK_IMPORT),
    )


@pages.route("/import", methods=["GET", "POST"])
@needs(Permission.BANK_IMPORT)
def take_in() -> ResponseReturnValue:
    """A statement file is taken in whole, or refused with what is wrong with it."""
    form = StatementForm()
    if form.validate_on_submit():
        file, lines, doubts = form.file.data, list[str](), list[str]()
        with attempt(form) as (opened, outcome):
            content = file.stream.read()
            results = import_statements(opened, str(file.filename), content, this_act())
            lines = [in_words(result) for result in results]
            doubts = [doubt for result in results for doubt in warned(result)]
        if outcome:
            for line in doubts:
                flash(line, "notice")
            for line in lines:
                flash(line, "success")
            return redirect(url_for("bank.index", state=LineState.UNMATCHED.value))
        form.form_errors = [line for fault in form.form_errors for line in fault.splitlines()]
    return render_template("banking/bank/import.html", form=form)


STATEMENTS = Listing(
    columns=(
        Column(_l("Account"), lambda s: s.account.code),
        Column(_l("Statement"), lambda s: s.reference),
        Column(_l("From"), lambda s: s.from_on, kind="date"),
        Column(_l("To"), lambda s: s.to_on, kind="date", order="day"),
        Column(_l("Opening balance"), lambda s: s.opening, kind="money"),
        Column(_l("Closing balance"), lambda s: s.closing, kind="money"),
        Column(_l("File"), lambda s: s.file_name),
        Column(_l("Imported by"), lambda s: s.actor),
        Column(_l("Imported on"), lambda s: s.imported_at, shown=False),
        Column(_l("Type"), lambda s: s.kind, shown=False),
        Column(_l("SHA-256 of its content"), lambda s: s.digest, shown=False),
    ),
    orders={"day": Order(BankStatement.to_on, BankStatement.id, descending=True)},
)


@pages.get("/statements")
@needs(Permission.BANK_SEE)
def statements() -> ResponseReturnValue:
    """Every statement that was taken in."""
    listed = STATEMENTS.of(session(), queries.statements_for_viewer(at_work()), "bank-statements")
    return listed.file or render_template("banking/bank/statements.html", listed=listed)


@pages.get("/accounts")
@needs(Permission.BANK_SEE)
def accounts() -> ResponseReturnValue:
    """What each bank account of the funds holds by the ledger."""
    sums: list[BankBalance] = []
    for fund in funds_for_viewer(Permission.BANK_SEE):
        sums += bank_balances(session(), fund)
    return render_template(
        "banking/bank/accounts.html", held=sums, may_open=viewer().may(Permission.BANK_ACCOUNT_EDIT)
    )


@pages.route("/accounts/new", methods=["GET", "POST"])
@needs(Permission.BANK_ACCOUNT_EDIT)
def new_account() -> ResponseReturnValue:
    """A fund has another bank account."""
    form = NewAccountForm(funds=funds_for_viewer(Permission.BANK_ACCOUNT_EDIT))
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            fund = fund_by_code(opened, form.fund.data)
            details = AccountDetails(form.name.data or "", "", "")
            values = (form.code.data, form.currency_code.data, details)
            account = open_account(opened, fund, *values, this_act())
        if outcome:
            flash(_("The account has been opened. Enter its bank details."), "success")
            return redirect(url_for("bank.account", code=account.code))
    return render_template(
        "banking/bank/account.html", form=form, bank_account=None, trail=(), waiting=None
    )


@pages.route("/accounts/<code>", methods=["GET", "POST"])
@needs(Permission.BANK_ACCOUNT_EDIT)
def account(code: str) -> ResponseReturnValue:
    """Propose what payments into an account have to say; another person approves it."""
    bank_account = queries.account_for_viewer(session(), code, viewer())
    form = ChangeAccountForm(data=asdict(AccountDetails.of(bank_account)))
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            change = propose(opened, bank_account, form.details, this_act(form.reason.data))
        if outcome:
            flash(_("Proposed. Another person approves it."), "success")
            return redirect(url_for("accounts.show", number=change.id))
    return render_template(
        "banking/bank/account.html",
        form=form,
        bank_account=bank_account,
        trail=trail_of(session(), "bank_account", bank_account.id),
        waiting=waiting_of(session(), bank_account),
    )


@pages.post("/accounts/<code>/close")
@needs(Permission.BANK_ACCOUNT_EDIT)
def close(code: str) -> ResponseReturnValue:
    """An account that holds nothing any more takes no money from today on."""
    bank_account = queries.account_for_viewer(session(), code, viewer())
    with transaction() as opened:
        close_account(opened, bank_account, clock.today(), this_act())
    flash(_("The account has been closed."), "success")
    return redirect(url_for("bank.accounts"))
