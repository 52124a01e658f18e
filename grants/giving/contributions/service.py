"""Money arrives: deposits, their receipts, and unidentified money that finds its pledge."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.books.ledger.entries import Voucher
from grants.books.ledger.rates import Valued, value_on
from grants.books.ledger.receipts import allocate_suspense, receive_deposit, receive_unidentified
from grants.core.audit.act import Act
from grants.core.audit.advance import record
from grants.core.audit.queries import has_acted
from grants.core.database.numbering import next_number
from grants.core.funds.models import BankAccount, Fund
from grants.core.funds.queries import lock
from grants.core.kernel import clock
from grants.core.kernel.errors import Conflict, DomainError, Forbidden
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import Money, require_in_use
from grants.core.people.permissions import Permission
from grants.core.people.viewer import Scope
from grants.core.texts.formats import plain_money
from grants.giving.contributions.apart import reason_to_wait
from grants.giving.contributions.models import Deposit, Receipt
from grants.giving.donors.senders import require_confirmed
from grants.giving.pledges.gifts import accept_gift, confirm_by_transfer
from grants.giving.pledges.models import Pledge
from grants.giving.pledges.queries import outstanding, read_again, received
from grants.giving.pledges.service import book_agreement, tell_donor, unbook_agreement
from grants.giving.pledges.workflow import ACCEPTED, AGREED, PLEDGE, RECORDED_THE_PROMISE, STANDING
from grants.integrity.diligence.gate import require_payable


@dataclass(frozen=True, slots=True)
class Arrival:
    """What the bank says: `amount` was credited on `value_on`, `bank_fee` withheld by banks."""

    bank_reference: str
    value_on: date
    amount: Money
    bank_fee: Money | None = None
    bank_account: BankAccount | None = None
    """Where it was credited, if that is known; else the account of its currency."""

    @property
    def fee(self) -> Money:
        return self.bank_fee or Money(0, self.amount.currency)

    @property
    def sent(self) -> Money:
        """What the donor sent."""
        return self.amount + self.fee


def record_deposit(
    session: Session, fund: Fund, pledge: Pledge | None, arrival: Arrival, act: Act
) -> Deposit:
    """Money arrived: on a pledge, with its receipt; or, without one, into the queue of money that
    nobody knows yet.

    The bank's reference has one effect: again with the same content it returns the deposit there
    is, with other content it is a Conflict. More than is outstanding on the pledge needs a reason
    in the act. A person who recorded the pledge's agreement may not record its money. Money on an
    express gift confirms it; it is kept apart while it may not be taken.
    """
    _validate_arrival(arrival)
    require_may_record(session, fund, pledge, act)
    lock(session, fund.id)
    if earlier := _recorded_before(session, fund, pledge, arrival):
        return earlier
    kept_for = _waiting_gift(session, fund, pledge, arrival, act) if pledge else None
    if kept_for is not None:
        pledge = None
    if pledge is not None:
        _require_payable(session, fund, pledge, arrival.sent, act)
    deposit = _enter_deposit(session, fund, pledge, kept_for, arrival, act)
    record(session, deposit, "record", act)
    if pledge is None:
        voucher = _voucher_of(deposit, arrival, act)
        receive_unidentified(session, voucher, arrival.amount, arrival.bank_fee)
        return deposit
    _book_deposit(session, deposit, pledge, arrival, act)
    _issue_receipt(session, deposit, pledge, act)
    accept_gift(session, pledge)
    return deposit


def _waiting_gift(
    session: Session, fund: Fund, pledge: Pledge, arrival: Arrival, act: Act
) -> Pledge | None:
    """The express gift for which this money has to be kept apart; None where it may be taken."""
    if not pledge.express or pledge.fund_id != fund.id:
        return None
    confirm_by_transfer(session, pledge, act)
    if pledge.state in STANDING and reason_to_wait(session, pledge, arrival.sent, arrival.value_on):
        return pledge
    return None


def allocate(
    session: Session, deposit: Deposit, pledge: Pledge, act: Act, on: date | None = None
) -> Deposit:
    """A person found out whose money it is: it leaves suspense for the pledge, and gets a receipt.

    Booked on `on` (today): not before it came. Once; for another pledge afterwards a Conflict.
    """
    fund, day = deposit.fund, on or clock.today()
    require_may_record(session, fund, pledge, act)
    lock(session, fund.id)
    session.refresh(deposit)
    if not deposit.stands:
        raise Conflict(_("This deposit has already been reversed."))
    if deposit.pledge_id == pledge.id:
        return deposit
    if deposit.pledge_id is not None:
        raise Conflict(_("This deposit has already been allocated to another pledge."))
    if not deposit.value_on <= day <= clock.today():
        raise DomainError(_("The date cannot be before the money was received or in the future."))
    if pledge.fund_id == fund.id:
        confirm_by_transfer(session, pledge, act)
    _require_payable(session, fund, pledge, deposit.received, act)
    if pledge.express and (
        why := reason_to_wait(session, pledge, deposit.received, deposit.value_on)
    ):
        raise DomainError(why)
    voucher = Voucher(fund, day, pledge.subject, f"{deposit.subject}:allocated", act)
    allocate_suspense(session, voucher, deposit.subject, deposit.received)
    deposit.pledge, deposit.allocated_on, deposit.note = pledge, day, act.reason
    record(session, deposit, "allocate", act, pledge=pledge.reference)
    _issue_receipt(session, deposit, pledge, act)
    accept_gift(session, pledge)
    return deposit


def _validate_arrival(arrival: Arrival) -> None:
    if not arrival.bank_reference.strip() or len(arrival.bank_reference) > 80:
        raise DomainError(_("Enter the bank’s reference, in no more than 80 characters."))
    if arrival.amount.minor <= 0 or arrival.fee.minor < 0:
        raise DomainError(_("Enter an amount greater than 0, and a fee of 0 or more."))
    if arrival.value_on > clock.today():
        raise DomainError(_("The value date cannot be in the future."))
    require_in_use(arrival.amount.currency, arrival.value_on)


def require_may_record(session: Session, fund: Fund, pledge: Pledge | None, act: Act) -> None:
    """Forbidden unless this person may record money of the fund, and did not promise it."""
    if not act.actor.may(Permission.CONTRIBUTION_RECORD, Scope(fund.id)):
        raise Forbidden(_("Your role does not allow this."))
    if pledge and has_acted(session, "pledge", pledge.id, RECORDED_THE_PROMISE, act.actor):
        raise Forbidden(
            _("A different person must do this, because you recorded the pledge or its agreement.")
        )


def _recorded_before(
    session: Session, fund: Fund, pledge: Pledge | None, arrival: Arrival
) -> Deposit | None:
    """The deposit this bank reference has, and that is not reversed; a Conflict if it was recorded
    with something else.
    """
    reference = arrival.bank_reference.strip()
    deposit = session.scalar(
        select(Deposit).where(
            Deposit.fund_id == fund.id,
            Deposit.bank_reference == reference,
            Deposit.reversed_on.is_(None),
        )
    )
    if deposit is None:
        return None
    pledge_id = pledge.id if pledge else None
    fits = {deposit.pledge_id, None} if deposit.allocated_on else {deposit.pledge_id}
    if deposit.kept_for_id is not None:
        fits = {deposit.kept_for_id, deposit.pledge_id}
    values = (deposit.value_on, deposit.amount, deposit.bank_fee)
    if pledge_id not in fits or values != (arrival.value_on, arrival.amount, arrival.fee):
        raise Conflict(
            _(
                "The bank reference %(reference)s is already recorded with different details.",
                reference=deposit.bank_reference,
            )
        )
    return deposit


def _require_payable(session: Session, fund: Fund, pledge: Pledge, sent: Money, act: Act) -> None:
    """May this much be taken on the pledge? Asked while the fund is locked."""
    read_again(session, pledge)
    if pledge.fund_id != fund.id:
        raise DomainError(_("This pledge is for another fund."))
    require_open_pledge(session, pledge, act)
    if pledge.currency != sent.currency:
        raise DomainError(
            _(
                "The pledge is in %(pledged)s, but this deposit is in %(paid)s.",
                pledged=pledge.currency,
                paid=sent.currency,
            )
        )
    _require_within(pledge, outstanding(pledge, received(session, pledge)), sent, act)


def require_open_pledge(session: Session, pledge: Pledge, act: Act) -> None:
    """DomainError unless money may be taken on this pledge, whatever the amount."""
    if pledge.awaits_transfer:
        return
    if pledge.state not in STANDING:
        raise DomainError(
            _(
                "No deposit can be recorded on pledge %(reference)s, because its status is "
                "“%(state)s”. Record the deposit as unidentified and contact the donor.",
                reference=pledge.reference,
                state=PLEDGE.names[pledge.state].staff,
            )
        )
    if pledge.donor is not None:
        require_confirmed(session, pledge.donor)
        accepted = pledge.state in ACCEPTED or pledge.express
        require_payable(session, pledge.donor, pledge.fund, act, accepted=accepted)


def _require_within(pledge: Pledge, balance: Money, sent: Money, act: Act) -> None:
    if sent.minor > balance.minor and not (act.reason or "").strip():
        raise DomainError(
            _(
                "%(sent)s, including the bank fee, is more than the %(left)s outstanding on "
                "%(pledge)s. Give the reason, or record the deposit as unidentified and "
                "contact the donor.",
                sent=plain_money(sent),
                left=plain_money(balance),
                pledge=pledge.reference,
            )
        )


def _enter_deposit(
    session: Session,
    fund: Fund,
    pledge: Pledge | None,
    kept_for: Pledge | None,
    arrival: Arrival,
    act: Act,
) -> Deposit:
    worth = _worth_of(session, arrival)
    deposit = Deposit(
        fund=fund,
        pledge=pledge,
        kept_for=kept_for,
        bank_reference=arrival.bank_reference.strip(),
        value_on=arrival.value_on,
        amount_minor=arrival.amount.minor,
        bank_fee_minor=arrival.fee.minor,
        currency=arrival.amount.currency,
        rate=worth.quote.rate if worth.quote else Decimal(1),
        rate_on=worth.quote.effective_on if worth.quote else arrival.value_on,
        usd_minor=worth.usd_minor,
        note=(act.reason or "").strip()[:400] or None,
        recorded_at=act.at,
    )
    session.add(deposit)
    session.flush()
    return deposit


def _worth_of(session: Session, arrival: Arrival) -> Valued:
    """Amount and fee, each at the rate of the day as the ledger posts them."""
    worth = value_on(session, arrival.amount, arrival.value_on)
    return worth + value_on(session, arrival.fee, arrival.value_on) if arrival.fee else worth


def _voucher_of(deposit: Deposit, arrival: Arrival, act: Act) -> Voucher:
    return Voucher(
        deposit.fund,
        deposit.value_on,
        deposit.pledge.subject if deposit.pledge else deposit.subject,
        deposit.subject,
        act,
        deposit.bank_reference,
        arrival.bank_account,
    )


def _book_deposit(
    session: Session, deposit: Deposit, pledge: Pledge, arrival: Arrival, act: Act
) -> None:
    """Post a deposit. Money that came before the agreement was signed is revenue of its own day:
    then the agreement is booked again for what it leaves outstanding.
    """
    signed_on = pledge.agreement_signed_on if pledge.state in AGREED else None
    early = signed_on is not None and deposit.value_on < signed_on
    if early:
        unbook_agreement(
            session, pledge, _("A deposit was received before the date of signature."), act
        )
    receive_deposit(session, _voucher_of(deposit, arrival, act), arrival.amount, arrival.bank_fee)
    if early:
        book_agreement(session, pledge, act)


def _issue_receipt(session: Session, deposit: Deposit, pledge: Pledge, act: Act) -> Receipt:
    """Issue the official receipt under the next number of the fund and year, and send it."""
    donor, today = pledge.donor, clock.today()
    assert donor is not None
    receipt = Receipt(
        fund=deposit.fund,
        year=today.year,
        number=next_number(session, f"{deposit.fund.code}/receipt/{today.year}"),
        deposit=deposit,
        donor=donor,
        donor_name=donor.name,
        issued_on=today,
        issued_at=act.at,
    )
    session.add(receipt)
    record(
        session,
        pledge,
        "receive_deposit",
        act,
        deposit=deposit.id,
        minor=deposit.received.minor,
        currency=deposit.currency,
        receipt=receipt.reference,
    )
    tell_donor(
        session,
        pledge,
        "giving/contributions/received",
        act,
        document="receipt",
        reference=receipt.reference,
        event=deposit.subject,
        deposit=deposit,
        receipt=receipt,
    )
    return receipt
