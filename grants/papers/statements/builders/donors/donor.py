"""The donor statement: what was pledged, what came, at which rate, what is still outstanding."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from grants.books.ledger.accounts import Account, Event
from grants.books.ledger.models import Entry, Posting
from grants.core.funds.models import Fund
from grants.core.funds.queries import all_funds
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import Money, total, usd
from grants.core.people.models import Organisation
from grants.giving.contributions.models import Deposit
from grants.giving.contributions.queries import deposits_of
from grants.giving.pledges.changes.queries import given_up_by
from grants.giving.pledges.models import ChangeKind, Pledge
from grants.papers.statements.builders.donors.donor_pledges import (
    donor_number,
    donors_and_funds,
    pledges_of,
)
from grants.papers.typesetting.paper import Issuer, Paper, Span, plain_rate


@dataclass(frozen=True, slots=True)
class DepositLine:
    """A deposit in the period."""

    bank_reference: str
    value_on: date
    amount: Money
    """Credited to the fund's account."""
    bank_fee: Money
    rate: Decimal
    """Units of the currency for 1 USD."""
    usd: Money
    """Amount and fee at that rate."""
    receipt: str | None

    @property
    def cancels(self) -> bool:
        """Does the line take an earlier payment back out of the books, on the day of reversal?"""
        return self.amount.minor < 0

    @property
    def received(self) -> Money:
        """What the donor sent."""
        return self.amount + self.bank_fee

    @property
    def plain_rate(self) -> str:
        return plain_rate(self.rate)


@dataclass(frozen=True, slots=True)
class PledgeLine:
    """A pledge, and what followed in the period."""

    reference: str
    fund: str
    currency: str
    pledged: Money
    pledged_on: date
    signed_on: date | None
    signed_usd: Money
    """What the signed agreement brought into the books, at the rate of its day."""
    received: Money
    received_usd: Money
    reduced: Money
    """What the donor took back of it by the end of the period."""
    written_off: Money
    """What the fund gave up by then."""
    outstanding: Money
    """At the end of the period: pledged, less what came and what will not come."""
    exchange_difference_usd: Money
    """In the period; more than 0 is a gain of the fund."""
    deposits: tuple[DepositLine, ...]


@dataclass(frozen=True, slots=True)
class DonorStatement:
    """Everything a donor gave in a period, both days included."""

    donor: str
    name: str
    from_: date
    to: date
    pledges: tuple[PledgeLine, ...]
    payments: int
    """Deposits in the period."""
    total_received_usd: Money


def donor_statement(session: Session, reference: str, span: Span) -> Paper:
    """The statement of one donor, by its code: to all funds, or to those named after a slash."""
    return donor_statements(session, [reference], span)[reference]


def donor_statements(
    session: Session, references: Sequence[str], span: Span
) -> Mapping[str, Paper]:
    """Statements of many donors, read together: as many questions to the database as for one."""
    funds = {fund.code: fund for fund in all_funds(session)}
    donors = donors_and_funds(session, references, funds)
    by_donor = pledges_of(session, {donor.id for donor, _limit in donors.values()}, span.until)
    every = [pledge for pledges in by_donor.values() for pledge in pledges]
    deposits = deposits_of(session, every, reversed_too=True)
    books = _Books.read(session, every, span)
    papers = {}
    for reference, (donor, limit) in donors.items():
        pledges = [p for p in by_donor.get(donor.id, ()) if not limit or p.fund.code in limit]
        lines = tuple(_pledge_line(pledge, deposits[pledge.id], books, span) for pledge in pledges)
        issuer = _issuer_of(funds, pledges, limit)
        papers[reference] = _paper_of(donor, _facts_of(donor, span, lines), issuer)
    return papers


def _facts_of(donor: Organisation, span: Span, lines: tuple[PledgeLine, ...]) -> DonorStatement:
    return DonorStatement(
        donor=donor.code,
        name=donor.name,
        from_=span.since,
        to=span.until,
        pledges=lines,
        payments=sum(len(line.deposits) for line in lines),
        total_received_usd=total(line.received_usd for line in lines),
    )


def _paper_of(donor: Organisation, facts: DonorStatement, issuer: Issuer) -> Paper:
    return Paper(
        document="donor-statement",
        title=_("Statement of contributions"),
        reference=f"{donor_number(donor, issuer)} {Span(facts.from_, facts.to).code}",
        on=facts.to,
        issuer=issuer,
        facts=facts,
        to=facts.donor,
    )


@dataclass(frozen=True, slots=True)
class _Books:
    """What the ledger holds of each pledge, in USD cents by the pledge's subject, and what was
    given up.
    """

    signed: Mapping[str, int]
    exchange: Mapping[str, int]
    given_up: Mapping[int, Mapping[ChangeKind, Money]]
    """In the pledge's currency, by its id and by kind of change."""

    @classmethod
    def read(cls, session: Session, pledges: Sequence[Pledge], span: Span) -> "_Books":
        subjects = [pledge.subject for pledge in pledges]
        signed = _moved_on(session, subjects, Account.CONTRIBUTIONS_RECEIVABLE, None, span.until)
        exchange = _moved_on(session, subjects, Account.EXCHANGE_DIFFERENCE, span.since, span.until)
        return cls(signed, exchange, given_up_by(session, pledges, span.until))

    def less(self, pledge: Pledge, *kinds: ChangeKind) -> Money:
        """What changes of these kinds took from a pledge."""
        amounts = self.given_up[pledge.id]
        return total((amounts[kind] for kind in kinds if kind in amounts), pledge.currency)


def _moved_on(
    session: Session,
    subjects: Sequence[str],
    account: Account,
    since: date | None,
    until: date,
) -> Mapping[str, int]:
    """USD cents on an account by subject, positive in its natural sense: of the receivable what
    agreements brought in, of others everything.
    """
    query = (
        select(Posting.subject, func.sum(Posting.usd_minor))
        .join(Entry)
        .where(Posting.subject.in_(subjects), Posting.account == account, Entry.booked_on <= until)
        .group_by(Posting.subject)
    )
    if since:
        query = query.where(Entry.booked_on >= since)
    if account is Account.CONTRIBUTIONS_RECEIVABLE:
        query = query.where(Entry.event == Event.AGREEMENT_SIGNED)
    natural = account.kind.natural
    return {subject: natural * int(cents) for subject, cents in session.execute(query)}


def _pledge_line(
    pledge: Pledge, deposits: Sequence[Deposit], books: _Books, span: Span
) -> PledgeLine:
    subject, currency = pledge.subject, pledge.currency
    lines = [line for deposit in deposits for line in _lines_of(deposit)]
    in_period = [line for line in lines if span.since <= line.value_on <= span.until]
    signed_on = pledge.agreement_signed_on
    to_date = total((line.received for line in lines if line.value_on <= span.until), currency)
    reduced = books.less(pledge, ChangeKind.REDUCTION, ChangeKind.WITHDRAWAL)
    written_off = books.less(pledge, ChangeKind.WRITE_OFF)
    balance = pledge.amount - reduced - written_off - to_date
    return PledgeLine(
        reference=pledge.reference,
        fund=pledge.fund.code,
        currency=currency,
        pledged=pledge.amount,
        pledged_on=pledge.pledged_on,
        signed_on=signed_on if signed_on and signed_on <= span.until else None,
        signed_usd=usd(books.signed.get(subject, 0)),
        received=total((line.received for line in in_period), currency),
        received_usd=total(line.usd for line in in_period),
        reduced=reduced,
        written_off=written_off,
        outstanding=max(balance, Money(0, currency)),
        exchange_difference_usd=usd(books.exchange.get(subject, 0)),
        deposits=tuple(in_period),
    )


def _lines_of(deposit: Deposit) -> list[DepositLine]:
    """A payment, and its cancellation where there was one."""
    came = _deposit_line(deposit)
    if deposit.reversed_on is None:
        return [came]
    undone = replace(
        came,
        value_on=deposit.reversed_on,
        amount=-came.amount,
        bank_fee=-came.bank_fee,
        usd=-came.usd,
    )
    return [came, undone]


def _deposit_line(deposit: Deposit) -> DepositLine:
    return DepositLine(
        bank_reference=deposit.bank_reference,
        value_on=deposit.value_on,
        amount=deposit.amount,
        bank_fee=deposit.bank_fee,
        rate=deposit.rate.normalize(),
        usd=deposit.usd,
        receipt=deposit.receipt.reference if deposit.receipt else None,
    )


def _issuer_of(
    funds: Mapping[str, Fund], pledges: Sequence[Pledge], limit: Sequence[str]
) -> Issuer:
    """The fund the pledges are for; for several funds, all of them together."""
    codes = limit or {pledge.fund.code for pledge in pledges} or funds.keys()
    if len(codes) == 1:
        return Issuer.of(funds[next(iter(codes))])
    return Issuer(
        code=" · ".join(sorted(codes)),
        name=_("United Nations voluntary trust funds"),
        signatory="",
        bank_details="",
    )
