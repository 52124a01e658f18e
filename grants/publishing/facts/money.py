"""What a fund received and spent, as the public reads it: by the books, to the cent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import Session

from grants.books.ledger.accounts import Account, Event
from grants.books.ledger.cash import SourceAndUse, source_and_use
from grants.books.ledger.models import Entry, Posting, Turnover
from grants.core.funds.models import Fund
from grants.core.kernel.clock import months_after
from grants.core.kernel.money import Money, usd
from grants.core.kernel.taxonomies import DonorKind, Earmarking
from grants.core.people.models import Organisation
from grants.giving.pledges.models import Pledge

RECEIPTS = (Event.DEPOSIT_RECEIVED, Event.SUSPENSE_ALLOCATED)
"""What brings money on a pledge; unidentified money once it is allocated."""
_ON_ACCOUNT = case(
    (
        Entry.event == Event.DEPOSIT_RECEIVED,
        Posting.account.in_((Account.CASH, Account.BANK_CHARGES)),
    ),
    else_=Posting.account == Account.SUSPENSE,
)


@dataclass(frozen=True, slots=True)
class PublishedContribution:
    """Money that a fund received on a pledge, with what banks withheld on the way. Without a
    donor's name nothing is said of who it is. A correction in the books is below zero.
    """

    fund: str
    number: int
    """Of the entry in the books."""
    on: date
    donor: str | None
    kind: DonorKind | None
    country: str | None
    earmarking: Earmarking
    amount: Money
    usd: Money


def contribution_entries(fund: Fund) -> Select[int, date, str, str, int, int]:
    """Entries that brought money on a pledge, or took it back: with amounts in both currencies."""
    return (
        select(
            Entry.id,
            Entry.booked_on,
            Entry.subject,
            Posting.currency,
            func.sum(Posting.amount_minor),
            func.sum(Posting.usd_minor),
        )
        .join(Posting, Posting.entry_id == Entry.id)
        .where(Entry.fund_id == fund.id, Entry.event.in_(RECEIPTS), _ON_ACCOUNT)
        .group_by(Entry.id, Posting.currency)
        .order_by(Entry.id)
    )


def contributions_after(
    session: Session, fund: Fund | None, number: int = 0, most: int | None = None
) -> list[PublishedContribution]:
    """What was received on pledges, in the order of the books; the next `most` after an entry."""
    assert fund is not None
    query = contribution_entries(fund).where(Entry.id > number).limit(most)
    rows = session.execute(query).all()
    pledges = _pledges_of(session, [row[2] for row in rows])
    lines: list[PublishedContribution] = []
    for entry, on, subject, currency, minor, cents in rows:
        pledge, donor = pledges[subject]
        is_public = pledge.public_name and donor.public_name
        # suspense is a liability: what leaves it is a debit, as cash that comes in is
        lines.append(
            PublishedContribution(
                fund.code,
                entry,
                on,
                donor.name if is_public else None,
                donor.kind if is_public else None,
                donor.country if is_public else None,
                pledge.earmarking,
                Money(int(minor), currency),
                usd(int(cents)),
            )
        )
    return lines


def _pledges_of(
    session: Session, subjects: Sequence[str]
) -> dict[str, tuple[Pledge, Organisation]]:
    numbers = {int(subject.removeprefix("pledge:")) for subject in subjects}
    rows = session.execute(
        select(Pledge, Organisation)
        .join(Organisation, Organisation.id == Pledge.donor_id)
        .where(Pledge.id.in_(numbers))
    )
    return {f"pledge:{pledge.id}": (pledge, donor) for pledge, donor in rows}


def years_of_books(session: Session, fund: Fund) -> list[int]:
    """The calendar years from the first entry of a fund to this one, the newest first."""
    first = session.scalar(select(func.min(Turnover.month)).where(Turnover.fund_id == fund.id))
    today = fund.today().year
    return list(range(today, (first.year if first else today) - 1, -1))


def year_of(session: Session, fund: Fund, year: int) -> SourceAndUse:
    """Source and use of funds in a calendar year, up to now if it is not over."""
    return source_and_use(session, fund, date(year, 1, 1), date(year, 12, 31))


@dataclass(frozen=True, slots=True)
class PublishedYear:
    """Source and use of funds of a fund in one calendar year. USD."""

    fund: str
    number: int
    """The year."""
    figures: SourceAndUse


def years_after(
    session: Session, fund: Fund | None, number: int = 0, most: int | None = None
) -> list[PublishedYear]:
    """The years of the books in their order; the next `most` after one."""
    assert fund is not None
    years = [year for year in reversed(years_of_books(session, fund)) if year > number]
    return [PublishedYear(fund.code, year, year_of(session, fund, year)) for year in years[:most]]


OWN_COSTS = (
    Account.PROGRAMME_SUPPORT_COST,
    Account.DIRECT_COSTS,
    Account.ADMINISTRATION_FEES,
    Account.BANK_CHARGES,
)
"""What the fund spends itself, and no grantee."""


@dataclass(frozen=True, slots=True)
class FundCost:
    """A cost of the fund itself in one month. Below zero where more came back. USD."""

    account: Account
    last_day: date
    """Of the month."""
    amount: Money


def costs_by_month(session: Session, fund: Fund) -> list[FundCost]:
    """What the fund spent itself, the oldest month first."""
    rows = session.execute(
        select(Turnover.month, Turnover.account, func.sum(Turnover.usd_minor))
        .where(Turnover.fund_id == fund.id, Turnover.account.in_(OWN_COSTS))
        .group_by(Turnover.month, Turnover.account)
        .order_by(Turnover.month, Turnover.account)
    )
    return [
        FundCost(account, months_after(month, 1) - timedelta(1), usd(int(cents)))
        for month, account, cents in rows
        if cents
    ]


def refunds_to_donors(session: Session, fund: Fund) -> list[tuple[int, date, Money]]:
    """What went back to donors: entry, day and USD, in the order of the ledger."""
    rows = session.execute(
        select(Entry.id, Entry.booked_on, func.sum(Posting.usd_minor))
        .join(Posting, Posting.entry_id == Entry.id)
        .where(
            Entry.fund_id == fund.id,
            Entry.event == Event.DONOR_REFUNDED,
            Posting.account == Account.CASH,
        )
        .group_by(Entry.id)
        .order_by(Entry.id)
    )
    return [(entry, on, usd(-int(cents))) for entry, on, cents in rows]
