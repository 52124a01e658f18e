"""What a line of the bank could be: pledges that wait for money, entries that are in the books."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from grants.bank.models import BankLine
from grants.bank.queries import open_postings, own_amount
from grants.bank.scoring import SURE, WORTH_SHOWING, Fit, Owed, Seen, fit, quoted
from grants.kernel.formats import plain_day
from grants.kernel.language import gettext as _
from grants.kernel.money import FUNCTIONAL_CURRENCY, Money
from grants.ledger.models import Posting
from grants.pledges.models import Pledge
from grants.pledges.queries import outstanding, with_received
from grants.pledges.schedule import payments
from grants.pledges.workflow import STANDING

MOST_WAITING = 2000
"""Pledges that are looked at; beyond them a pledge is found by the reference it is quoted by."""
DAYS_APART = 60
WITHIN = 20
"""A bank's own rate is no more than a twentieth away from the rate of the books."""


@dataclass(frozen=True, slots=True)
class PledgeProposal:
    """This line could be money on this pledge."""

    pledge: Pledge
    left: Money
    amount: Money
    """What would be recorded, in the pledge's currency."""
    fit: Fit

    @property
    def sure(self) -> bool:
        """Fits so well, and within what is outstanding, that one press of a button does."""
        return self.fit.score >= SURE and self.amount.minor <= self.left.minor


@dataclass(frozen=True, slots=True)
class EntryProposal:
    """This line could be what these postings of one entry are."""

    postings: tuple[Posting, ...]
    amount: Money
    fit: Fit

    @property
    def sure(self) -> bool:
        return self.fit.score >= SURE


class Waiting:
    """The pledges of a fund that wait for money, read once for a page of lines."""

    def __init__(self, session: Session, lines: Iterable[BankLine]) -> None:
        credits_ = [line for line in lines if line.is_credit]
        funds = {line.account.fund_id for line in credits_}
        words = {word for line in credits_ for word in quoted((line.end_to_end, line.text))}
        standing = (
            select(Pledge)
            .where(Pledge.state.in_(STANDING))
            .options(joinedload(Pledge.donor), selectinload(Pledge.instalments), with_received())
        )
        newest = standing.where(Pledge.fund_id.in_(funds)).order_by(Pledge.id.desc())
        found = list(session.scalars(newest.limit(MOST_WAITING))) if credits_ else []
        named = standing.where(Pledge.reference.in_(words), Pledge.id.not_in([p.id for p in found]))
        self.pledges = [*found, *(session.scalars(named) if words else ())]

    def for_line(self, line: BankLine, most: int = 5) -> list[PledgeProposal]:
        """The pledges that fit a line, the best first."""
        found = [
            proposal
            for pledge in self.pledges
            if pledge.fund_id == line.account.fund_id
            and (proposal := _proposal(line, pledge)) is not None
            and proposal.fit.score >= WORTH_SHOWING
        ]
        return sorted(found, key=lambda p: (-p.fit.score, p.pledge.id))[:most]


def _proposal(line: BankLine, pledge: Pledge) -> PledgeProposal | None:
    """The line against one pledge, in the pledge's currency if the line tells it."""
    amount = _told_in(line, pledge.currency)
    if amount is None or pledge.donor is None:
        return None
    came = Money(pledge.received_minor or 0, pledge.currency)
    left = outstanding(pledge, came)
    owed = Owed(
        pledge.reference,
        (pledge.donor.name, *pledge.donor.other_names),
        left,
        tuple(payments(pledge, came)) if left else (),
    )
    fee = line.fee if line.currency == pledge.currency else Money(0, pledge.currency)
    texts = (line.end_to_end, line.text)
    seen = Seen(amount, fee, line.value_on, line.counterparty, texts)
    return PledgeProposal(pledge, left, amount, fit(seen, owed))


def _told_in(line: BankLine, currency: str) -> Money | None:
    if line.currency == currency:
        return line.amount
    original = line.original
    return original if original is not None and original.currency == currency else None


def entries_for(session: Session, line: BankLine, most: int = 5) -> list[EntryProposal]:
    """Entries in the books that the line could be, the best first: a posting, or all that an
    entry moved on the account (an instalment and its support cost).
    """
    near = open_postings(session, line.account, line.value_on, timedelta(days=DAYS_APART))
    by_entry: dict[int, list[Posting]] = {}
    for posting in near:
        by_entry.setdefault(posting.entry_id, []).append(posting)
    sets: list[tuple[Posting, ...]] = [(posting,) for posting in near]
    sets += [tuple(group) for group in by_entry.values() if len(group) > 1]
    found = [proposal for group in sets if (proposal := _entry(line, group)) is not None]
    return sorted(found, key=lambda p: (-p.fit.score, p.postings[0].id))[:most]


def _entry(line: BankLine, postings: Sequence[Posting]) -> EntryProposal | None:
    amount = own_amount(line.account, postings)
    apart = abs(amount.minor - line.amount_minor)
    foreign = any(p.currency != FUNCTIONAL_CURRENCY for p in postings)
    converted = line.currency == FUNCTIONAL_CURRENCY and foreign
    if apart and not (converted and apart * WITHIN <= abs(line.amount_minor)):
        return None
    reasons = [(45, _("The amount is the same."))]
    if apart:
        reasons = [(30, _("The bank converted it at a rate near the one of the books."))]
    entry = postings[0].entry
    if _names(line, entry.note, entry.key):
        reasons.append((35, _("The entry quotes the same reference.")))
    days = abs((entry.booked_on - line.value_on).days)
    if not days:
        reasons.append((20, _("It has the same day.")))
    elif days <= 7:
        reasons.append((12, _("It is booked on %(day)s.", day=plain_day(entry.booked_on))))
    score = min(sum(points for points, _words in reasons), 100)
    return EntryProposal(tuple(postings), amount, Fit(score, tuple(w for _p, w in reasons)))


def _names(line: BankLine, *texts: str) -> bool:
    """Does the entry carry the bank's reference, or the line what the entry is called?"""
    own = [word for word in (line.bank_reference, line.end_to_end) if len(word) >= 4]
    told = f"{line.text} {line.end_to_end}".upper()
    return any(word in text for word in own for text in texts) or any(
        len(text) >= 6 and text.upper() in told for text in texts[:1]
    )
