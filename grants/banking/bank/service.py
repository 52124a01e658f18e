"""What a person says a line of the bank is. Nothing is posted without one; undoing reverses it.

Each act waits for the fund first, then holds the line: of two people who say something
of the same line at once, the second gets an error that it is done.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.banking.bank.models import BankLine, LineMatch
from grants.banking.bank.queries import cash_postings, hold, own_amount
from grants.banking.bank.sides import require_side
from grants.banking.bank.workflow import LINE
from grants.books.ledger.costs import book_administration_fee, book_direct_cost
from grants.books.ledger.entries import Voucher
from grants.books.ledger.models import Entry, Posting
from grants.books.ledger.receipts import book_bank_charge, book_interest
from grants.books.ledger.transfers import settle_conversion
from grants.books.ledger.transfers import transfer as book_transfer
from grants.core.audit.act import Act
from grants.core.audit.advance import advance, require
from grants.core.funds.queries import lock
from grants.core.kernel.errors import Conflict, DomainError
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import FUNCTIONAL_CURRENCY, Money, total
from grants.core.texts.formats import plain_money
from grants.giving.cards.returns import refund_by_bank
from grants.giving.contributions.models import Deposit
from grants.giving.contributions.service import Arrival, record_deposit
from grants.giving.pledges.models import Pledge

NOTE = 200
"""Characters of a note in the books."""
Spending = Callable[[Session, Voucher, Money], Entry]

WIDEST_RATE = 20
"""What a bank converts is within a twentieth of what the books reckon, or it is something else."""


@dataclass(frozen=True, slots=True)
class Part:
    """What a line is, or a part of it: money for a pledge, or of an unknown sender.

    `amount` was credited, in the pledge's currency; `fee` was withheld by banks. `reason` where
    it is more than is outstanding.
    """

    pledge: Pledge | None
    amount: Money
    fee: Money | None = None
    reason: str | None = None


def accept(session: Session, line: BankLine, parts: Sequence[Part], act: Act) -> list[Deposit]:
    """The line is money received: for one pledge, or split over several, or of a person unknown,
    whose money waits until it is allocated. Each part is a deposit with its receipt.

    The parts add up to the line. Money in another currency than a dollar account's is recorded in
    its own, and what the bank's rate made of it settles the difference.
    """
    hold_open(session, line, "accept", act)
    if not line.is_credit:
        raise DomainError(_("A debit cannot be recorded as a deposit."))
    require_whole(line, parts)
    deposits = [
        _record_part(session, line, part, number if len(parts) > 1 else 0, act)
        for number, part in enumerate(parts, 1)
    ]
    is_new = [deposit.recorded_at == act.at for deposit in deposits]
    postings = [_cash_of(session, deposit) for deposit in deposits]
    lines = [deposit.id for deposit in deposits]
    join_postings(session, line, postings, is_new, "accept", act, deposits=lines)
    return deposits


def accept_together(
    session: Session, lines: Sequence[BankLine], pledge: Pledge, act: Act
) -> list[Deposit]:
    """Several lines are payments on one pledge: a deposit and a receipt for each."""
    return [
        deposit
        for line in lines
        for deposit in accept(session, line, [Part(pledge, line.amount, line.fee or None)], act)
    ]


def charge(session: Session, line: BankLine, act: Act) -> None:
    """The bank charged the account."""
    hold_open(session, line, "charge", act)
    require_side(line, "charge")
    entry = book_bank_charge(session, voucher_of(line, "charge", act), -line.amount)
    _matched_by(session, line, entry, "charge", act)


def direct_cost(session: Session, line: BankLine, act: Act) -> None:
    """The fund itself paid for something; the act's reason says for what."""
    _spend_line(session, line, "direct_cost", book_direct_cost, act)


def administration_fee(session: Session, line: BankLine, act: Act) -> None:
    """The fee of the agent that administers the fund; the act's reason says for what period."""
    _spend_line(session, line, "administration_fee", book_administration_fee, act)


def _spend_line(session: Session, line: BankLine, action: str, book: Spending, act: Act) -> None:
    hold_open(session, line, action, act)
    require_side(line, action)
    purpose = (act.reason or "").strip()
    voucher = replace(voucher_of(line, action, act), note=f"{line.reference} · {purpose}"[:NOTE])
    _matched_by(session, line, book(session, voucher, -line.amount), action, act)


def interest(session: Session, line: BankLine, act: Act) -> None:
    """The balance earned interest."""
    hold_open(session, line, "interest", act)
    require_side(line, "interest")
    entry = book_interest(session, voucher_of(line, "interest", act), line.amount)
    _matched_by(session, line, entry, "interest", act)


def refund(session: Session, line: BankLine, pledge: Pledge, act: Act) -> None:
    """A donor got money of a pledge back, in the pledge's currency."""
    hold_open(session, line, "refund", act)
    require_side(line, "refund")
    amount = line.stated_in(pledge.currency)
    if amount is None or pledge.fund_id != line.account.fund_id:
        raise DomainError(
            _(
                "%(pledge)s is a pledge in %(currency)s to %(fund)s, but this line is"
                " in another currency or for another fund.",
                pledge=pledge.reference,
                currency=pledge.currency,
                fund=pledge.fund.code,
            )
        )
    voucher = replace(voucher_of(line, "refund", act), subject=pledge.subject)
    entry = refund_by_bank(session, pledge, Money(abs(amount.minor), amount.currency), voucher)
    _matched_by(session, line, entry, "refund", act)


def transfer(session: Session, out: BankLine, into: BankLine, act: Act) -> None:
    """What left one account of the fund is what came into another, exchanged or not."""
    for line in sorted((out, into), key=lambda side: side.id):
        hold_open(session, line, "transfer", act)
    if out.is_credit or not into.is_credit:
        raise DomainError(_("A transfer must be paid out of one account and into another."))
    if out.account.fund_id != into.account.fund_id:
        raise DomainError(_("The accounts belong to different funds."))
    day = max(out.value_on, into.value_on)
    key = f"{out.subject}:transfer:{out.version}"
    voucher = Voucher(out.account.fund, day, out.subject, key, act, out.reference)
    entry = book_transfer(session, voucher, out.account, into.account, -out.amount, into.amount)
    postings = cash_postings(session, entry)
    for line in (out, into):
        cash = [p for p in postings if p.bank_account_id == line.bank_account_id]
        join_postings(session, line, cash, [True] * len(cash), "transfer", act, entry=entry.id)


def match(session: Session, line: BankLine, postings: Sequence[Posting], act: Act) -> None:
    """The line is what these cash postings are: recorded by hand, by import, or paid by us.

    They add up to the line; where a dollar account took in other currencies, up to what the
    bank's own rate makes, which is booked.
    """
    hold_open(session, line, "match", act)
    if not postings:
        raise DomainError(_("Choose what the line is."))
    for posting in postings:
        require_free(session, line, posting)
    join_postings(session, line, postings, [False] * len(postings), "match", act)


def set_aside(session: Session, line: BankLine, act: Act) -> None:
    """The line is nothing of the fund's: the reason stays with it. It remains an open item."""
    hold_open(session, line, "set_aside", act)
    advance(session, line, LINE, "set_aside", act)


def take_up(session: Session, line: BankLine, act: Act) -> None:
    """A line that was set aside is to be matched after all."""
    hold_open(session, line, "take_up", act)
    advance(session, line, LINE, "take_up", act)


def hold_open(session: Session, line: BankLine, action: str, act: Act) -> None:
    """The line, locked, if this person may say so of it now; else as `require` refuses."""
    lock(session, line.account.fund_id)
    hold(session, line)
    require(session, line, LINE, action, act)


def require_whole(line: BankLine, parts: Sequence[Part]) -> None:
    """DomainError unless the parts add up to the line, and each pledge is named once."""
    if not parts or any(part.amount.minor <= 0 for part in parts):
        raise DomainError(_("Each amount must be more than 0."))
    pledges = [part.pledge.id for part in parts if part.pledge]
    if len(set(pledges)) < len(pledges):
        raise DomainError(_("Enter each pledge only once."))
    if line.currency == FUNCTIONAL_CURRENCY and any(
        part.amount.currency != line.currency for part in parts
    ):
        return  # what the bank's rate made of it is asked once it is valued
    amount = total((part.amount for part in parts), line.currency)
    if amount != line.amount:
        raise DomainError(
            _(
                "The amounts add up to %(told)s, but the amount of the line is %(amount)s.",
                told=plain_money(amount),
                amount=plain_money(line.amount),
            )
        )


def _record_part(session: Session, line: BankLine, part: Part, number: int, act: Act) -> Deposit:
    reference = f"{line.reference[:76]}/{number}" if number else line.reference
    arrival = Arrival(reference, line.value_on, part.amount, part.fee, line.account)
    by = Act(act.actor, part.reason or act.reason, act.at)
    return record_deposit(session, line.account.fund, part.pledge, arrival, by)


def _cash_of(session: Session, deposit: Deposit) -> Posting:
    return session.scalars(
        select(Posting)
        .join(Posting.entry)
        .where(
            Entry.fund_id == deposit.fund_id,
            Entry.key == deposit.subject,
            Posting.bank_account_id.is_not(None),
        )
    ).one()


def voucher_of(line: BankLine, what: str, act: Act) -> Voucher:
    """Where something is booked because of a line; again each time the line is identified."""
    return Voucher(
        line.account.fund,
        line.value_on,
        line.subject,
        f"{line.subject}:{what}:{line.version}",
        act,
        line.reference,
        line.account,
    )


def _matched_by(session: Session, line: BankLine, entry: Entry, action: str, act: Act) -> None:
    postings = cash_postings(session, entry)
    join_postings(session, line, postings, [True] * len(postings), action, act, entry=entry.id)


def join_postings(
    session: Session,
    line: BankLine,
    postings: Sequence[Posting],
    are_new: Sequence[bool],
    action: str,
    act: Act,
    **facts: object,
) -> None:
    """Join the line and its postings, and settle what the bank's rate made of foreign money."""
    settled = _settle_difference(session, line, postings, act)
    for posting, new in [*zip(postings, are_new, strict=True), *((p, True) for p in settled)]:
        session.add(LineMatch(line=line, posting=posting, made=new, matched_at=act.at))
    advance(session, line, LINE, action, act, **facts)


def _settle_difference(
    session: Session, line: BankLine, postings: Sequence[Posting], act: Act
) -> Sequence[Posting]:
    """The posting of a conversion's difference, where there is one."""
    difference = line.amount - own_amount(line.account, postings)
    if not difference:
        return ()
    foreign = any(p.currency != line.currency for p in postings)
    if not foreign or abs(difference.minor) * WIDEST_RATE > abs(line.amount_minor):
        raise DomainError(
            _(
                "Your selection differs from the line by %(difference)s.",
                difference=plain_money(difference),
            )
        )
    voucher = voucher_of(line, "conversion", act)
    return cash_postings(session, settle_conversion(session, voucher, line.account, difference))


def require_free(session: Session, line: BankLine, posting: Posting) -> None:
    """Conflict or DomainError unless the posting can be what the line is."""
    if posting.bank_account_id != line.bank_account_id:
        raise DomainError(_("That entry is in another account."))
    matched = select(LineMatch.id).where(
        LineMatch.posting_id == posting.id, LineMatch.released_at.is_(None)
    )
    if session.scalar(matched):
        raise Conflict(_("That entry is already matched to another line."))
    undone = select(Entry.id).where(Entry.reverses_id == posting.entry_id)
    if posting.entry.reverses_id or session.scalar(undone):
        raise DomainError(_("That entry has been reversed."))
