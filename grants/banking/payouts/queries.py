"""Payouts beside the bank and the books: which line each arrived as, and what differs."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from grants.banking.bank.models import BankLine, LineMatch
from grants.banking.payouts.models import CardBalance, CardPayout
from grants.books.ledger.bank_accounts import bank_balance
from grants.books.ledger.models import Entry, Posting
from grants.core.funds.models import BankAccount
from grants.core.kernel import clock
from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import Money, total
from grants.core.people.permissions import Permission
from grants.core.people.queries import in_funds_with
from grants.core.people.viewer import Viewer
from grants.giving.cards.models import CardPayment
from grants.giving.cards.providers import Moved, Movement, PayoutState

BEFORE, AFTER = timedelta(days=3), timedelta(days=10)
"""So far from the day that the provider names the bank may book a payout."""


def payouts_for_viewer(viewer: Viewer) -> Select[CardPayout]:
    """The payouts of the funds whose bank this person sees."""
    return select(CardPayout).where(in_funds_with(viewer, Permission.BANK_SEE, CardPayout.fund_id))


def payout_for_viewer(session: Session, number: int, viewer: Viewer) -> CardPayout:
    """A payout that this person sees, or Missing."""
    payout = session.scalar(payouts_for_viewer(viewer).where(CardPayout.id == number))
    if payout is None:
        raise Missing(_("Payout not found."))
    return payout


def lines_of(session: Session, payouts: Sequence[CardPayout]) -> Mapping[int, BankLine]:
    """The line of the bank as which each payout arrived, by the payout's number: of its amount,
    near its day, and a payout already or open. Each line is one payout, the oldest first.
    """
    if not payouts:
        return {}
    candidates = _candidates(session, payouts)
    lines: dict[int, BankLine] = {}
    for payout in sorted(payouts, key=lambda payout: (payout.arrives_on, payout.id)):
        if payout.state is PayoutState.FAILED:
            continue
        taken = {line.id for line in lines.values()}
        fitting = [line for line in candidates if line.id not in taken and _may_be(payout, line)]
        if fitting:
            lines[payout.id] = min(fitting, key=lambda line: abs(line.value_on - payout.arrives_on))
    return lines


def _may_be(payout: CardPayout, line: BankLine) -> bool:
    near = payout.arrives_on - BEFORE <= line.value_on <= payout.arrives_on + AFTER
    said = f"{line.counterparty} {line.text} {line.end_to_end}".lower()
    is_named = line.is_matched or payout.provider in said
    is_own = line.account.fund_id == payout.fund_id
    return near and is_named and is_own and line.amount == payout.amount


def _candidates(session: Session, payouts: Sequence[CardPayout]) -> Sequence[BankLine]:
    """Open lines, and those recorded as payouts, of these amounts and days."""
    days = [payout.arrives_on for payout in payouts]
    is_payout = (
        select(LineMatch.id)
        .join(LineMatch.posting)
        .join(Entry, Entry.id == Posting.entry_id)
        .where(
            LineMatch.line_id == BankLine.id,
            LineMatch.released_at.is_(None),
            Entry.key.like("bank_line:%:payout:%"),
        )
        .exists()
    )
    return session.scalars(
        select(BankLine)
        .join(BankLine.account)
        .where(
            BankAccount.fund_id.in_({payout.fund_id for payout in payouts}),
            BankAccount.provider == "",
            BankLine.amount_minor.in_({payout.amount_minor for payout in payouts}),
            BankLine.value_on.between(min(days) - BEFORE, max(days) + AFTER),
            or_(~BankLine.is_matched & ~BankLine.is_set_aside, is_payout),
        )
        .options(joinedload(BankLine.account))
        .order_by(BankLine.value_on, BankLine.id)
    ).all()


@dataclass(frozen=True, slots=True)
class Part:
    """One movement of a payout, the payment that it is about, and how the ledger differs."""

    movement: Movement
    payment: CardPayment | None
    differs: str


def parts_of(session: Session, payout: CardPayout) -> list[Part]:
    """What a payout is made of, each beside what the books have of it."""
    movements = payout.parts
    references = {movement.reference for movement in movements if movement.reference}
    payments = {
        payment.reference: payment
        for payment in session.scalars(
            select(CardPayment)
            .where(CardPayment.fund_id == payout.fund_id, CardPayment.reference.in_(references))
            .options(
                joinedload(CardPayment.deposit),
                joinedload(CardPayment.pledge),
                selectinload(CardPayment.returns),
            )
        )
    }
    return [
        Part(movement, payments.get(movement.reference), _differs(movement, payments))
        for movement in movements
    ]


def _differs(movement: Movement, payments: Mapping[str | None, CardPayment]) -> str:
    if movement.kind in {Moved.FEE, Moved.OTHER}:
        return _("Record it in the ledger: it belongs to no payment.")
    payment = payments.get(movement.reference)
    if payment is None or payment.deposit is None:
        return _("Not in the ledger.")
    if movement.kind is Moved.PAYMENT:
        ours = (payment.deposit.received, payment.deposit.bank_fee)
        if payment.deposit.stands and ours != (movement.amount, movement.fee):
            return _("The ledger has another amount or fee.")
        return ""
    out = {item.amount for item in payment.returns if not item.is_asked}
    moved = movement.amount if movement.amount.minor > 0 else -movement.amount
    return "" if moved in out else _("Not in the ledger.")


@dataclass(frozen=True, slots=True)
class OnTheWay:
    """Money of card payments in one currency that is not at the bank yet, by books and provider."""

    account: BankAccount
    in_ledger: Money
    held: Money
    """At the provider, in no payout yet."""
    paid_out: Money
    """In payouts whose line of the bank is not recorded yet."""
    read_at: datetime

    @property
    def difference(self) -> Money:
        return self.in_ledger - self.held - self.paid_out


def on_the_way(session: Session, viewer: Viewer) -> list[OnTheWay]:
    """What is in transit of each fund and currency, as far as a provider was read."""
    balances = session.execute(
        select(CardBalance, BankAccount)
        .join(
            BankAccount,
            (BankAccount.fund_id == CardBalance.fund_id)
            & (BankAccount.provider == CardBalance.provider)
            & (BankAccount.currency == CardBalance.currency)
            & BankAccount.closed_on.is_(None),
        )
        .where(in_funds_with(viewer, Permission.BANK_SEE, CardBalance.fund_id))
        .order_by(BankAccount.code)
    ).all()
    recent = _unrecorded(session, viewer) if balances else []
    return [
        OnTheWay(
            account,
            bank_balance(session, account).own,
            balance.amount,
            total(_amounts_like(recent, balance), balance.currency),
            balance.read_at,
        )
        for balance, account in balances
    ]


def _amounts_like(payouts: Iterable[CardPayout], balance: CardBalance) -> list[Money]:
    place = (balance.fund_id, balance.provider, balance.currency)
    return [
        payout.amount
        for payout in payouts
        if (payout.fund_id, payout.provider, payout.currency) == place
    ]


def _unrecorded(session: Session, viewer: Viewer) -> list[CardPayout]:
    """Payouts of the last months whose line of the bank nobody has recorded."""
    recent = session.scalars(
        payouts_for_viewer(viewer).where(
            CardPayout.arrives_on > clock.today() - timedelta(days=92),
            CardPayout.state != PayoutState.FAILED,
        )
    ).all()
    lines = lines_of(session, recent)
    return [p for p in recent if p.id not in lines or not lines[p.id].is_matched]
