"""What a line of the bank could be: pledges that wait for money, entries that are in the books."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from grants.banking.bank.models import BankLine
from grants.banking.bank.queries import own_amount
from grants.banking.bank.scoring import (
    SURE,
    WORTH_SHOWING,
    Fit,
    Owed,
    Seen,
    bare,
    fit,
)
from grants.banking.bank.unmatched import (
    NEAR_SUM,
    QUOTED,
    SAME_DAY,
    SAME_SUM,
    SAME_WEEK,
    WITHIN,
    likely_postings,
    quoting,
)
from grants.banking.bank.waiting import candidates
from grants.books.ledger.models import Posting
from grants.core.kernel.formats import plain_day
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import FUNCTIONAL_CURRENCY, Money
from grants.giving.pledges.models import Pledge
from grants.giving.pledges.queries import outstanding, with_received
from grants.giving.pledges.schedule import payments
from grants.giving.pledges.workflow import STANDING


@dataclass(frozen=True, slots=True)
class PledgeProposal:
    """This line could be money on this pledge."""

    pledge: Pledge
    left: Money
    amount: Money
    """What would be recorded, in the pledge's currency."""
    fee: Money
    """What the bank says was withheld from it by banks."""
    fit: Fit

    @property
    def sure(self) -> bool:
        """Fits so well, and within what is outstanding, that one press of a button does."""
        return self.fit.score >= SURE and (self.amount + self.fee).minor <= self.left.minor


@dataclass(frozen=True, slots=True)
class EntryProposal:
    """This line could be what these postings of one entry are."""

    postings: tuple[Posting, ...]
    amount: Money
    fit: Fit

    @property
    def sure(self) -> bool:
        return self.fit.score >= SURE

    @property
    def numbers(self) -> str:
        """The postings, as an address names them."""
        return "-".join(str(posting.id) for posting in self.postings)


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A pledge that could wait for money, and what is known of it."""

    pledge: Pledge
    owed: Owed


class Waiting:
    """The pledges that wait for money, as far as the lines of a page could be money on them."""

    def __init__(self, session: Session, most: int = 5) -> None:
        self.session, self.most = session, most
        self.found: dict[int, list[_Candidate]] = {}

    def read(self, lines: Iterable[BankLine]) -> None:
        """Look for the pledges of several lines at once."""
        new = [line for line in lines if line.id not in self.found]
        if not new:
            return
        places = candidates(self.session, new, 2 * self.most)
        pledges = self.session.scalars(
            select(Pledge)
            .where(Pledge.id.in_(set().union(*places.values())))
            .where(Pledge.state.in_(STANDING))
            .options(joinedload(Pledge.donor), selectinload(Pledge.instalments), with_received())
        )
        known = {pledge.id: _candidate(pledge) for pledge in pledges}
        for at, line in enumerate(new):
            ids = sorted(places[at])
            self.found[line.id] = [known[pledge_id] for pledge_id in ids if pledge_id in known]

    def for_line(self, line: BankLine) -> list[PledgeProposal]:
        """The pledges that fit a line, as many as asked for, the best first."""
        self.read([line])
        found = [
            proposal
            for candidate in self.found[line.id]
            if candidate.pledge.fund_id == line.account.fund_id
            and (proposal := _proposal(line, candidate)) is not None
            and proposal.fit.score >= WORTH_SHOWING
            and (candidate.owed.left or _is_quoted(line, candidate.pledge))
        ]
        return sorted(found, key=lambda p: (-p.fit.score, p.pledge.id))[: self.most]


def _is_quoted(line: BankLine, pledge: Pledge) -> bool:
    plain = bare(pledge.reference)
    return any(plain in bare(stated) for stated in (line.end_to_end, line.text))


def _candidate(pledge: Pledge) -> _Candidate:
    came = Money(pledge.received_minor or 0, pledge.currency)
    left = outstanding(pledge, came)
    parts = tuple(payments(pledge, came)) if left else ()
    donor = pledge.donor
    names = (donor.name, *donor.other_names) if donor else ()
    return _Candidate(pledge, Owed(pledge.reference, names, left, parts))


def _proposal(line: BankLine, candidate: _Candidate) -> PledgeProposal | None:
    """The line against one pledge, in the pledge's currency if the line states it."""
    pledge = candidate.pledge
    amount = line.stated_in(pledge.currency)
    if amount is None:
        return None
    fee = line.fee if line.currency == pledge.currency else Money(0, pledge.currency)
    texts = (line.end_to_end, line.text)
    seen = Seen(amount, fee, line.value_on, line.counterparty, texts)
    return PledgeProposal(pledge, candidate.owed.left, amount, fee, fit(seen, candidate.owed))


CHARGES = re.compile(r"(?i)\b(N?CHRG|N?CHG|COMM|FEES|charges?|fees?)\b")
INTEREST = re.compile(r"(?i)\b(N?INTR|INTE|interest)\b")


def likely_kind(line: BankLine) -> str | None:
    """“charge” or “interest”, where the bank's kind of transaction or its words say so."""
    text = f"{line.code.replace('/', ' ')} {line.text}"
    if line.counterparty:
        return None
    if line.is_credit:
        return "interest" if INTEREST.search(text) else None
    return "charge" if CHARGES.search(text) else None


def entries_for(session: Session, line: BankLine, most: int = 5) -> list[EntryProposal]:
    """Entries in the books that the line could be, the best first: a posting, or all that an
    entry moved on the account (an instalment and its support cost).
    """
    near = likely_postings(session, line)
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
    reasons = [(SAME_SUM, _("The amount is the same."))]
    if apart:
        reasons = [
            (NEAR_SUM, _("The bank converted the amount at a rate close to the ledger rate."))
        ]
    entry = postings[0].entry
    if _names(line, entry.note, entry.key):
        reasons.append((QUOTED, _("The entry quotes the same reference.")))
    days = abs((entry.booked_on - line.value_on).days)
    if not days:
        reasons.append((SAME_DAY, _("The date is the same.")))
    elif days <= 7:
        reasons.append(
            (SAME_WEEK, _("The entry is dated %(day)s.", day=plain_day(entry.booked_on)))
        )
    score = min(sum(points for points, _words in reasons), 100)
    return EntryProposal(tuple(postings), amount, Fit(score, tuple(w for _p, w in reasons)))


def _names(line: BankLine, *texts: str) -> bool:
    """Does the entry carry the bank's reference, or the line what the entry is called?"""
    own, found = quoting(line)
    return any(word in text for word in own for text in texts) or any(
        len(text) >= 6 and text.upper() in found for text in texts[:1]
    )
