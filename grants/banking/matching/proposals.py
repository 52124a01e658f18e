"""What a line of the bank could be: pledges that wait for money, entries that are in the books."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from grants.banking.bank.models import BankLine
from grants.banking.bank.queries import own_amount
from grants.banking.matching.scoring import SURE, WORTH_SHOWING, Fit, fit, quoted_in
from grants.banking.matching.stated import Stated
from grants.banking.matching.unmatched import (
    NEAR_SUM,
    QUOTED,
    SAME_DAY,
    SAME_SUM,
    SAME_WEEK,
    WITHIN,
    likely_postings,
    quoting,
)
from grants.banking.matching.waiting import OpenPledge, open_pledges
from grants.books.ledger.models import Posting
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import FUNCTIONAL_CURRENCY, Money
from grants.core.texts.formats import plain_day


@dataclass(frozen=True, slots=True)
class PledgeProposal:
    """This line could be money on this pledge."""

    pledge: OpenPledge
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


def pledges_for(session: Session, line: BankLine, most: int = 5) -> list[PledgeProposal]:
    """The pledges that fit a line, as many as asked for, the best first."""
    stated = Stated.of(line)
    (pledges,) = open_pledges(session, [stated], 2 * most)
    return fitting(stated, pledges, most)


def fitting(line: Stated, pledges: Iterable[OpenPledge], most: int) -> list[PledgeProposal]:
    """The pledges that fit a line, the best first. One that is paid fits only if the
    line quotes it.
    """
    proposals = [
        proposal
        for pledge in pledges
        if (proposal := _pledge_proposal(line, pledge)) is not None
        and proposal.fit.score >= WORTH_SHOWING
        and (proposal.left or quoted_in(line.texts).has(pledge.reference))
    ]
    return sorted(proposals, key=lambda p: (-p.fit.score, p.pledge.id))[:most]


def _pledge_proposal(line: Stated, pledge: OpenPledge) -> PledgeProposal | None:
    """The line against one pledge, in the pledge's currency if the line states it."""
    payment, owed = line.seen_in(pledge.currency), pledge.owed
    if payment is None:
        return None
    return PledgeProposal(pledge, owed.left, payment.amount, payment.fee, fit(payment, owed))


CHARGES = re.compile(r"(?i)\b(N?CHRG|N?CHG|COMM|FEES|charges?|fees?)\b")
INTEREST = re.compile(r"(?i)\b(N?INTR|INTE|interest)\b")


def likely_kind(line: Stated) -> str | None:
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
    proposals = [
        proposal for group in sets if (proposal := _entry_proposal(line, group)) is not None
    ]
    return sorted(proposals, key=lambda p: (-p.fit.score, p.postings[0].id))[:most]


def _entry_proposal(line: BankLine, postings: Sequence[Posting]) -> EntryProposal | None:
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
    if _quotes_entry(line, entry.note, entry.key):
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


def _quotes_entry(line: BankLine, *texts: str) -> bool:
    """Does the entry carry the bank's reference, or the line what the entry is called?"""
    line_words, quoted_words = quoting(line)
    return any(word in text for word in line_words for text in texts) or any(
        len(text) >= 6 and text.upper() in quoted_words for text in texts[:1]
    )
