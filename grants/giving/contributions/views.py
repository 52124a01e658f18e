"""The fund's pages of money received: the list, recording, allocating, reversing."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Select

from grants.books.ledger.bank_accounts import accounts_for, credited_to
from grants.core.audit.act import Act
from grants.core.audit.queries import trail_of
from grants.core.funds.models import BankAccount, Fund
from grants.core.funds.queries import all_funds, fund_by_code
from grants.core.kernel import clock
from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.language import pgettext
from grants.core.kernel.money import require_in_use
from grants.core.people.permissions import Permission
from grants.giving.contributions import service
from grants.giving.contributions.apart import reason_to_wait
from grants.giving.contributions.forms import (
    AllocateForm,
    DepositFilter,
    DepositForm,
    PledgeDepositForm,
    ReferenceForm,
    ReverseForm,
    UnidentifiedForm,
)
from grants.giving.contributions.listed import FACTS, ListedDeposit
from grants.giving.contributions.models import Deposit
from grants.giving.contributions.queries import (
    candidates,
    deposit_for_viewer,
    deposits_for_viewer,
)
from grants.giving.contributions.reversal import require_reversible_deposit, reverse_deposit
from grants.giving.pledges.models import Pledge
from grants.giving.pledges.queries import (
    outstanding,
    pledge_by_reference,
    pledge_for_viewer,
    received,
)
from grants.platform.forms.step_pages import StepPages
from grants.platform.layout.chrome import in_menu
from grants.platform.tables.cases import from_list
from grants.platform.tables.columns import age
from grants.platform.tables.lists import Column, Listing, Order
from grants.platform.web.access import at_work, needs, this_act, viewer
from grants.platform.web.acts import attempt, refusal
from grants.platform.web.again import files_ask_first
from grants.platform.web.beside import links_beside
from grants.platform.web.database import session
from grants.platform.web.funds import funds_for_viewer

pages = Blueprint("contributions", __name__)


def _state_tag(deposit: Deposit | ListedDeposit) -> tuple[str, str]:
    """The state of a deposit: the words and the tone of its tag."""
    if not deposit.stands:
        return _("Reversed"), "bad"
    if deposit.kept_apart:
        return _("Held separately"), "waiting"
    return (
        (pgettext("deposit", "Received"), "good")
        if deposit.pledge
        else (_("Unidentified"), "waiting")
    )


DEPOSITS = Listing(
    columns=(
        Column(
            _l("Bank reference"),
            lambda d: d.bank_reference,
            link=lambda d: from_list("contributions.show", deposit_id=d.id),
        ),
        Column(_l("Value date"), lambda d: d.value_on, kind="date", order="day"),
        Column(_l("Fund"), lambda d: d.fund),
        Column(_l("Credited"), lambda d: d.amount, kind="money"),
        Column(_l("In USD, including the fee"), lambda d: d.usd, kind="money"),
        Column(_l("Donor"), lambda d: d.donor, worth="name"),
        Column(_l("Receipt"), lambda d: d.receipt, kind="code"),
        Column(
            _l("Status"),
            lambda d: _state_tag(d)[0],
            tone=lambda d: _state_tag(d)[1],
        ),
        age(lambda d: d.value_on, lambda d: d.stands and d.pledge is None),
        Column(_l("Pledge"), lambda d: d.pledge, shown=False),
        Column(_l("Bank fee deducted"), lambda d: d.bank_fee, kind="money", shown=False),
        Column(_l("Rate for 1 USD"), lambda d: d.rate, shown=False),
        Column(_l("Rate in effect from"), lambda d: d.rate_on, shown=False),
        Column(_l("Allocated on"), lambda d: d.allocated_on, shown=False),
        Column(_l("Reversed on"), lambda d: d.reversed_on, shown=False),
        Column(_l("Note"), lambda d: d.note, shown=False),
        Column(_l("Recorded at"), lambda d: d.recorded_at, shown=False),
    ),
    orders={
        "day": Order(Deposit.value_on, Deposit.id, descending=True),
        "newest": Order(Deposit.id, descending=True),
    },
    facts=FACTS,
)


def _wanted_by(form: DepositFilter) -> Select[Deposit]:
    """The deposits that the address asks for."""
    form.validate()
    return deposits_for_viewer(session(), at_work(), form.criteria)


@pages.get("/contributions")
@in_menu(_l("Contributions"), 31, key="i")
@needs(Permission.CONTRIBUTION_SEE)
@files_ask_first
def index() -> ResponseReturnValue:
    """Every deposit of the funds a person works for; as a file too."""
    form = DepositFilter(all_funds(session()))
    listed = DEPOSITS.of(session(), _wanted_by(form), "contributions")
    return listed.file or render_template(
        "giving/contributions/index.html",
        listed=listed,
        form=form,
        may_record=viewer().may(Permission.CONTRIBUTION_RECORD),
    )


@pages.get("/contributions/<int:deposit_id>")
@needs(Permission.CONTRIBUTION_SEE)
def show(deposit_id: int) -> ResponseReturnValue:
    """One deposit: what the bank said, its rate, its receipt, who recorded it."""
    deposit = deposit_for_viewer(session(), deposit_id, viewer())
    may_record = viewer().may(Permission.CONTRIBUTION_RECORD, deposit.scope)
    return render_template(
        "giving/contributions/show.html",
        deposit=deposit,
        in_list=DEPOSITS.beside(
            session(),
            _wanted_by(DepositFilter(all_funds(session()))),
            deposit,
            "contributions.index",
        ),
        state=_state_tag(deposit),
        bank_account=credited_to(session(), deposit.fund, deposit.subject),
        trail=trail_of(session(), "deposit", deposit.id),
        beside=links_beside("deposit", deposit),
        waits_for=_reason_apart(deposit),
        may_allocate=may_record and deposit.stands and deposit.pledge_id is None,
        may_reverse=may_record and deposit.stands,
    )


def _reason_apart(deposit: Deposit) -> str:
    """Why money that is kept apart for a gift may not be taken yet."""
    if not deposit.kept_apart or deposit.kept_for is None:
        return ""
    return reason_to_wait(session(), deposit.kept_for, deposit.received, deposit.value_on)


def _find_deposit(deposit_id: int) -> Deposit:
    return deposit_for_viewer(session(), deposit_id, viewer())


StepPages(
    pages,
    None,
    _find_deposit,
    lambda deposit: url_for("contributions.show", deposit_id=deposit.id),
    lambda deposit: (deposit.bank_reference,),
).act(
    "reverse",
    Permission.CONTRIBUTION_RECORD,
    "/contributions/<int:deposit_id>/reverse",
    ReverseForm,
    lambda opened, deposit, _form, act: reverse_deposit(opened, deposit, act),
    check=lambda session, deposit, _act: require_reversible_deposit(session, deposit),
    title=_l("Reverse this deposit"),
    lead=_l(
        "Reverse a deposit only if it was recorded incorrectly. Its entries are reversed with "
        "today’s date; you can then record it again under the same bank reference."
    ),
    button=_l("Reverse the deposit"),
    tone="warning",
    done=_l("Reversed. Any receipt has been cancelled."),
    template="giving/contributions/reverse.html",
)


@pages.get("/contributions/new")
@needs(Permission.CONTRIBUTION_RECORD)
def new() -> ResponseReturnValue:
    """Recording begins with the pledge of the money, or with an unidentified sender."""
    by_pledge, unknown = (
        ReferenceForm(),
        UnidentifiedForm(funds=funds_for_viewer(Permission.CONTRIBUTION_RECORD)),
    )
    if by_pledge.reference.data:
        try:
            pledge = pledge_by_reference(session(), by_pledge.reference.data)
            pledge_for_viewer(session(), pledge.reference, viewer())
            return redirect(url_for("contributions.record", reference=pledge.reference))
        except Missing as refusal:
            by_pledge.complain("reference", refusal.message)
    elif unknown.validate() and unknown.code and unknown.currency_code.data:
        where = {"code": unknown.code, "currency": unknown.currency_code.data}
        return redirect(url_for("contributions.record_unknown", **where))
    return render_template("giving/contributions/new.html", form=by_pledge, unknown=unknown)


@pages.route("/pledges/<reference>/deposit", methods=["GET", "POST"])
@needs(Permission.CONTRIBUTION_RECORD)
def record(reference: str) -> ResponseReturnValue:
    """Money that came on a pledge."""
    pledge = pledge_for_viewer(session(), reference, viewer())
    form = PledgeDepositForm(
        _possible_accounts(pledge.fund, pledge.currency), currency=pledge.currency
    )
    if form.validate_on_submit():
        act = this_act(form.reason.data or None)
        with attempt(form) as (opened, outcome):
            deposit = service.record_deposit(opened, pledge.fund, pledge, form.arrival(), act)
        if outcome:
            _flash_outcome(deposit, act)
            return redirect(url_for("pledges.show", reference=reference))
    came = received(session(), pledge)
    owed = outstanding(pledge, came)
    refused = refusal(lambda: service.require_open_pledge(session(), pledge, this_act()))
    return render_template(
        "giving/contributions/record.html", form=form, pledge=pledge, left=owed, refused=refused
    )


@pages.route("/contributions/unidentified/<code>/<currency>", methods=["GET", "POST"])
@needs(Permission.CONTRIBUTION_RECORD)
def record_unknown(code: str, currency: str) -> ResponseReturnValue:
    """Money from an unidentified sender: it waits until its pledge is found."""
    fund = fund_by_code(session(), code)
    require_in_use(currency, clock.today())
    form = DepositForm(_possible_accounts(fund, currency), currency=currency)
    if form.validate_on_submit():
        act = this_act()
        with attempt(form) as (opened, outcome):
            deposit = service.record_deposit(opened, fund, None, form.arrival(), act)
        if outcome:
            _flash_outcome(deposit, act)
            return redirect(url_for("contributions.show", deposit_id=deposit.id))
    return render_template("giving/contributions/record_unknown.html", form=form, fund=fund)


def _possible_accounts(fund: Fund, currency: str) -> list[BankAccount]:
    """The accounts that money of a currency may have come into, the usual one first."""
    return accounts_for(session(), fund, currency, clock.today())


def _flash_outcome(deposit: Deposit, act: Act) -> None:
    if deposit.recorded_at != act.at:
        flash(_("This bank reference has already been recorded. Nothing has changed."), "notice")
    elif deposit.receipt:
        number = deposit.receipt.reference
        flash(
            _("Recorded. Receipt %(number)s is being sent to the donor.", number=number), "success"
        )
    else:
        flash(_outcome_without_receipt(deposit), "success")


def _outcome_without_receipt(deposit: Deposit) -> str:
    if deposit.kept_for:
        return _("Recorded and held separately: the fund may not accept it before a decision.")
    return _("Recorded as unidentified until it is allocated to a pledge.")


@pages.route("/contributions/<int:deposit_id>/allocate", methods=["GET", "POST"])
@needs(Permission.CONTRIBUTION_RECORD)
def allocate(deposit_id: int) -> ResponseReturnValue:
    """Unidentified money finds its pledge."""
    deposit = deposit_for_viewer(session(), deposit_id, viewer())
    gift = deposit.kept_for.reference if deposit.kept_for else ""
    form = AllocateForm(data={"reference": request.args.get("pledge", gift)})
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            pledge = _pledge_in(form)
            if pledge:
                service.allocate(opened, deposit, pledge, this_act(form.reason.data))
        if outcome and pledge:
            flash(_("Allocated. The receipt is being sent to the donor."), "success")
            return redirect(url_for("pledges.show", reference=pledge.reference))
    pledges = candidates(session(), deposit, viewer())
    return render_template(
        "giving/contributions/allocate.html", form=form, deposit=deposit, candidates=pledges
    )


def _pledge_in(form: AllocateForm) -> Pledge | None:
    try:
        return pledge_by_reference(session(), form.reference.data or "")
    except Missing as refusal:
        form.complain("reference", refusal.message)
        return None
