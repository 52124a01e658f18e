"""Finance's pages of the bank: its lines, its statements, the fund's accounts."""

from dataclasses import asdict

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from grants.banking.accounts.queries import waiting_of
from grants.banking.accounts.service import propose
from grants.banking.bank import queries
from grants.banking.bank.forms import ChangeAccountForm, NewAccountForm, StatementForm
from grants.banking.bank.importing import import_statements, in_words, warned
from grants.banking.bank.models import BankStatement
from grants.banking.bank.workflow import LineState
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
from grants.platform.tables.lists import Column, Listing, Order
from grants.platform.web.access import at_work, needs, this_act, viewer
from grants.platform.web.acts import attempt
from grants.platform.web.database import session, transaction
from grants.platform.web.funds import funds_for_viewer

pages = Blueprint("bank", __name__, url_prefix="/bank")


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
            flash(_("Proposed. Another person must approve it."), "success")
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
