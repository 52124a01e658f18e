"""Receivables by age as they are kept: a page adds them up and reads the sixty that it shows.

What is kept was worked out by `queries.aged_of`, the same that ages them all; giving/totals does it
as a transaction commits. A reader works out by itself what has changed since, or has come into its
next band.
"""

import json
import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Text,
    all_,
    any_,
    bindparam,
    delete,
    func,
    insert,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from grants.books.ledger.accounts import Account
from grants.books.ledger.models import Entry, Posting
from grants.books.ledger.positions import Held
from grants.books.ledger.queries import account_sums
from grants.books.ledger.turnover import END
from grants.core.funds.models import Fund
from grants.core.kernel.money import Money, usd
from grants.core.people.models import Organisation
from grants.giving.pledges.models import Pledge
from grants.giving.receivables.ageing import AgedPledge
from grants.giving.receivables.models import AgedReceivable
from grants.giving.receivables.queries import aged_of
from grants.giving.receivables.workflow import Band

LOG = logging.getLogger(__name__)
R = AgedReceivable
COLUMNS = tuple(R.__table__.columns.keys())
SUMMED = ("usd_minor", "doubtful", *(band.value for band in Band))
MOST_CHANGED = 2_000
"""More than so many are not worked out for one page: all are aged from the books instead."""


def lines_of(
    session: Session, ids: Sequence[int], on: date, until: date = date.max
) -> dict[int, AgedReceivable]:
    """What is to be kept of these pledges, in six queries however many they are; nothing of those
    on which nothing is receivable. With `until`, as the entries up to a day have it. Nothing is
    written.
    """
    held = _held(session, ids, Account.CONTRIBUTIONS_RECEIVABLE, until)
    if not held:
        return {}
    deferred = _held(session, ids, Account.DEFERRED_REVENUE, until)
    found: dict[int, AgedReceivable] = {}
    for fund_id, own in held.items():
        fund = session.get_one(Fund, fund_id)
        for aged in aged_of(session, fund, on, own, deferred.get(fund_id, {})):
            found[_number(aged)] = _line_of(fund, aged)
    return found


def _held(
    session: Session, ids: Sequence[int], account: Account, until: date
) -> dict[int, dict[str, Held]]:
    """By fund and pledge, what is on an account at the end of a day."""
    subjects = [f"pledge:{pledge_id}" for pledge_id in ids]
    minor, cents = func.sum(Posting.amount_minor), func.sum(Posting.usd_minor)
    rows = session.execute(
        select(Entry.fund_id, Posting.subject, Posting.currency, minor, cents)
        .join(Entry, Entry.id == Posting.entry_id)
        .where(
            Posting.subject == any_(bindparam("subjects", subjects, ARRAY(Text))),
            Posting.account == account,
            Entry.booked_on <= until,
        )
        .group_by(Entry.fund_id, Posting.subject, Posting.currency)
        .having(minor != 0)
    )
    found: dict[int, dict[str, Held]] = {}
    natural = account.kind.natural
    for fund_id, subject, currency, amount, value in rows:
        held = Held(Money(natural * int(amount), currency), natural * int(value))
        found.setdefault(fund_id, {})[subject] = held
    return found


def _number(aged: AgedPledge) -> int:
    return int(aged.subject.partition(":")[2])


def _line_of(fund: Fund, aged: AgedPledge) -> AgedReceivable:
    since, until = aged.holds
    return AgedReceivable(
        pledge_id=_number(aged),
        fund_id=fund.id,
        reference=aged.pledge,
        currency=aged.owed.currency,
        owed_minor=aged.owed.minor,
        usd_minor=aged.usd.minor,
        due_since=aged.due_since,
        conditional=aged.conditional,
        doubtful=aged.doubtful_usd.minor,
        percents=dict(fund.doubtful_percents),
        holds_from=since,
        holds_until=until,
        **{band.value: aged.usd_in(band).minor for band in Band},
    )


def as_kept(line: AgedReceivable) -> tuple[Any, ...]:
    """Its columns, in their order."""
    return tuple(getattr(line, name) for name in COLUMNS)


def keep(session: Session, ids: Sequence[int], lines: Iterable[tuple[Any, ...]]) -> None:
    """Put these in the place of what is kept of these pledges."""
    session.execute(delete(R).where(R.pledge_id == any_(bindparam("ids", ids, ARRAY(BigInteger)))))
    if rows := [dict(zip(COLUMNS, line, strict=True)) for line in lines]:
        session.execute(insert(R), rows)


@dataclass(frozen=True, slots=True)
class AgedLine:
    """One receivable as a page shows it."""

    pledge: str
    donor: str
    owed: Money
    due_since: date
    conditional: bool
    by_band: Sequence[Money | None]
    """USD in the order of the bands; None where nothing is."""
    doubtful_usd: Money


@dataclass(frozen=True, slots=True)
class InBooks:
    """What the books hold on a day, where the ages have to be worked out from them first."""

    on: date
    percents: Mapping[str, str]
    receivable: Money
    in_books: Money


def books_on(session: Session, fund: Fund, on: date) -> InBooks:
    """The receivables of a fund at the end of a day, and the allowance for them, as booked."""
    books = account_sums(session, fund.id, until=on)
    return InBooks(
        on,
        dict(fund.doubtful_percents),
        _natural(books, Account.CONTRIBUTIONS_RECEIVABLE),
        _natural(books, Account.RECEIVABLE_ALLOWANCE),
    )


@dataclass(frozen=True, slots=True)
class AgedTotals:
    """All receivables of a fund on a day, added up."""

    fund: str
    on: date
    percents: Mapping[str, str]
    count: int
    receivable: Money
    doubtful: Money
    by_band: Sequence[Money]
    in_books: Money
    """The allowance that the books hold on that day."""
    changed: Mapping[int, AgedReceivable | None]
    """Of these pledges what is kept does not hold on that day; it is this, or nothing."""
    kept: tuple[Any, ...]
    """The last entry's day, how many others are kept, and their sums."""


def totals_on(session: Session, fund: Fund, on: date) -> AgedTotals | None:
    """The receivables of a fund on a day, added up; None where what is kept does not say: when too
    many have changed, since or before, or unless it is, to the cent, what the books hold as
    receivable on that day: an entry may be kept between two of these questions.
    """
    booked = _booked_after(session, fund, on)
    ids = booked | set(changed_in(session, fund, on, MOST_CHANGED + 1))
    if len(ids) > MOST_CHANGED:
        return None
    lines = lines_of(session, sorted(ids), on, on)
    changed = {pledge_id: lines.get(pledge_id) for pledge_id in sorted(ids)}
    last, count, *kept = sums = _sums(session, fund, changed)
    own = own_of(fund, changed)
    whole = [
        usd(int(cents) + sum(getattr(line, name) for line in own))
        for name, cents in zip(SUMMED, kept, strict=True)
    ]
    books = account_sums(session, fund.id, until=on if last and last > on else END)
    if whole[0] != _natural(books, Account.CONTRIBUTIONS_RECEIVABLE):
        LOG.warning("receivables of %s as kept are not those in the books: aged now", fund.code)
        return None
    return AgedTotals(
        fund.code,
        on,
        dict(fund.doubtful_percents),
        count + len(own),
        receivable=whole[0],
        doubtful=whole[1],
        by_band=whole[2:],
        in_books=_natural(books, Account.RECEIVABLE_ALLOWANCE),
        changed=changed,
        kept=sums,
    )


def still_holds(session: Session, fund: Fund, totals: AgedTotals) -> bool:
    """Do the receivables still add up to this? Else lines that were read since may be others."""
    return _sums(session, fund, totals.changed) == totals.kept


def _sums(session: Session, fund: Fund, changed: Iterable[int]) -> tuple[Any, ...]:
    """The day of the last entry, how many receivables are kept but for these, and their sums."""
    last = select(func.max(Entry.booked_on)).where(Entry.fund_id == fund.id).scalar_subquery()
    sums = [func.coalesce(func.sum(getattr(R, name)), 0) for name in SUMMED]
    query = select(last, func.count(), *sums).where(stands(fund, changed))
    return tuple(session.execute(query).one())


def _booked_after(session: Session, fund: Fund, on: date) -> set[int]:
    """The pledges on whose receivable something was booked after a day; too many where more is
    booked than a page can work out.
    """
    most = MOST_CHANGED * 4
    subjects = session.scalars(_BOOKED_AFTER, {"fund": fund.id, "on": on, "most": most}).all()
    found = {int(subject.partition(":")[2]) for subject in subjects}
    return found if len(subjects) < most else set(range(MOST_CHANGED + 1))


def _natural(sums: Mapping[Account, int], account: Account) -> Money:
    return usd(account.kind.natural * sums.get(account, 0))


def changed_in(session: Session, fund: Fund, on: date, most: int | None) -> list[int]:
    """The pledges of which what is kept does not hold on a day, `most` of them."""
    asked = {"fund": fund.id, "percents": json.dumps(fund.doubtful_percents), "on": on}
    return list(session.scalars(_CHANGED, {**asked, "most": most}))


def own_of(fund: Fund, changed: Mapping[int, AgedReceivable | None]) -> list[AgedReceivable]:
    """Those of a fund among the receivables that were worked out now."""
    return [line for line in changed.values() if line and line.fund_id == fund.id]


def stands(fund: Fund, changed: Iterable[int]) -> ColumnElement[bool]:
    """What is kept of a fund, but for these pledges."""
    without = R.pledge_id != all_(bindparam("changed", list(changed), ARRAY(BigInteger)))
    return (R.fund_id == fund.id) & without


class AgedLines(Sequence[AgedLine]):
    """Each receivable, in the order of the references of the pledges; a part is read as it is
    asked for.
    """

    def __init__(self, session: Session, fund: Fund, totals: AgedTotals) -> None:
        self.session, self.fund, self.totals = session, fund, totals

    def __len__(self) -> int:
        return self.totals.count

    def __getitem__(self, part: Any) -> Any:
        if not isinstance(part, slice):
            return self[part : part + 1][0]
        first, last, _step = part.indices(len(self))
        own = own_of(self.fund, self.totals.changed)
        kept = select(R).where(stands(self.fund, self.totals.changed)).order_by(R.reference)
        if own:
            rows = [*self.session.scalars(kept.limit(last)), *own]
            rows = sorted(rows, key=lambda row: row.reference)[first:last]
        else:
            rows = list(self.session.scalars(kept.offset(first).limit(last - first)))
        donors = donors_of(self.session, [row.pledge_id for row in rows])
        return [_shown(row, donors.get(row.pledge_id, "")) for row in rows]


def donors_of(session: Session, ids: Sequence[int]) -> dict[int, str]:
    """Who gave these pledges, where they have a donor."""
    rows = session.execute(
        select(Pledge.id, Organisation.name).join(Pledge.donor).where(Pledge.id.in_(ids))
    )
    return {row.id: row.name for row in rows}


def _shown(row: AgedReceivable, donor: str) -> AgedLine:
    return AgedLine(
        pledge=row.reference,
        donor=donor,
        owed=Money(row.owed_minor, row.currency),
        due_since=row.due_since,
        conditional=row.conditional,
        by_band=[usd(getattr(row, band.value)) or None for band in Band],
        doubtful_usd=usd(row.doubtful),
    )


_BOOKED_AFTER = text(
    "SELECT posting.subject FROM entry JOIN posting ON entry_id = entry.id"
    " WHERE fund_id = :fund AND booked_on > :on AND posting.subject LIKE 'pledge:%'"
    " AND account IN ('contributions_receivable', 'deferred_revenue') LIMIT :most"
)
_OF = " UNION SELECT pledge_id FROM aged_receivable WHERE fund_id = :fund AND "
_NOW = "CAST(:percents AS jsonb)"
_CHANGED = text(
    "SELECT pledge_id FROM pledge_stale"  # noqa: S608 - our own words
    f"{_OF} percents < {_NOW} {_OF} percents > {_NOW}"  # by the index, as <> would not be
    f"{_OF} percents = {_NOW} AND holds_until <= :on {_OF} holds_from > :on"
    " ORDER BY 1 LIMIT :most"
)
