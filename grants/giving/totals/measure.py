"""What single pledges add to the figures of their fund, worked out from the records."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import BigInteger, Text, any_, bindparam, func, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from grants.books.ledger.accounts import Account
from grants.books.ledger.models import Entry, Posting
from grants.core.kernel import clock
from grants.core.kernel.money import Money, usd
from grants.core.kernel.taxonomies import Earmarking
from grants.core.people.models import Organisation
from grants.giving.contributions.figures import taken_up, valued_pledges
from grants.giving.contributions.models import Deposit
from grants.giving.contributions.queries import STANDS
from grants.giving.pledges.models import Pledge, PledgeInstalment
from grants.giving.pledges.queries import received_so_far
from grants.giving.pledges.schedule import Due, covered
from grants.giving.pledges.workflow import STANDING, PledgeState
from grants.giving.receivables.kept import as_kept, lines_of
from grants.giving.totals.models import AT_ONCE, Figure

Lines = Counter[tuple[int, Figure, date]]
"""(fund, figure, day) → USD cents."""


@dataclass(frozen=True, slots=True)
class Share:
    """What a pledge adds to the public line of its donor, in USD cents."""

    fund_id: int
    donor_id: int
    named: bool
    pledged: int
    received: int


Aged = tuple[Any, ...]
"""What is kept of a receivable by age: the columns of `AgedReceivable`."""
Owed = tuple[int, int | None, str, int, date | None]
"""Fund, donor, currency, minor units that may come at once, and a day on which a payment is due."""


@dataclass(frozen=True, slots=True)
class Measured:
    """The figures of one pledge."""

    lines: Lines
    share: Share | None
    owed: tuple[Owed, ...] = ()
    aged: Aged | None = None


def measure(session: Session, ids: Sequence[int]) -> dict[int, Measured]:
    """The figures of these pledges, in a dozen queries however many they are."""
    chosen = any_(bindparam("ids", list(ids), ARRAY(BigInteger)))
    rows = session.execute(_pledges(chosen)).all()
    deposits = _deposits(session, chosen)
    owed = _receivable(session, ids)
    dues = _dues(session, chosen)
    aged = lines_of(session, [pledge_id for pledge_id, _fund in owed], clock.today())
    return {
        row.id: Measured(
            _lines(row, deposits[row.id], owed.get((row.id, row.fund_id), 0), dues[row.id]),
            _share(row, sum(deposits[row.id].values())),
            tuple(_owed(row, dues[row.id])),
            as_kept(aged[row.id]) if row.id in aged else None,
        )
        for row in rows
    }


def _pledges(chosen: Any) -> Any:
    valued = valued_pledges(Pledge.id == chosen)
    named = Pledge.public_name & func.coalesce(Organisation.public_name, False)
    return (
        select(
            *(Pledge.id, Pledge.fund_id, Pledge.donor_id, Pledge.state, Pledge.pledged_on),
            *(Pledge.earmarking, Pledge.currency, valued.c.cents, named.label("named")),
            (Pledge.amount_minor - Pledge.given_up_minor).label("standing"),
            received_so_far().label("came"),
            taken_up().label("taken_up"),
        )
        .outerjoin(valued, valued.c.id == Pledge.id)
        .outerjoin(Organisation, Organisation.id == Pledge.donor_id)
        .where(Pledge.id == chosen)
    )


def _deposits(session: Session, chosen: Any) -> Mapping[int, Mapping[date, int]]:
    """Pledge → value date → USD cents of the deposits that stand."""
    found: dict[int, dict[date, int]] = defaultdict(dict)
    rows = session.execute(
        select(Deposit.pledge_id, Deposit.value_on, func.sum(Deposit.usd_minor))
        .where(Deposit.pledge_id == chosen, STANDS)
        .group_by(Deposit.pledge_id, Deposit.value_on)
    )
    for pledge_id, day, cents in rows:
        found[pledge_id or 0][day] = int(cents)
    return found


def _receivable(session: Session, ids: Sequence[int]) -> Mapping[tuple[int, int], int]:
    """(pledge, fund) → USD cents that the books still expect on it."""
    subjects = {f"pledge:{pledge_id}": pledge_id for pledge_id in ids}
    rows = session.execute(
        select(Posting.subject, Entry.fund_id, func.sum(Posting.usd_minor))
        .join(Entry, Entry.id == Posting.entry_id)
        .where(
            Posting.subject == any_(bindparam("subjects", list(subjects), ARRAY(Text))),
            Posting.account == Account.CONTRIBUTIONS_RECEIVABLE,
        )
        .group_by(Posting.subject, Entry.fund_id)
        .having((func.sum(Posting.usd_minor) != 0) | (func.sum(Posting.amount_minor) != 0))
    )
    return {(subjects[subject], fund_id): int(cents) for subject, fund_id, cents in rows}


def _dues(session: Session, chosen: Any) -> Mapping[int, list[tuple[date, int]]]:
    """Pledge → its promised payments in their order."""
    found: dict[int, list[tuple[date, int]]] = defaultdict(list)
    rows = session.execute(
        select(PledgeInstalment.pledge_id, PledgeInstalment.due_on, PledgeInstalment.amount_minor)
        .join(PledgeInstalment.pledge)
        .where(Pledge.id == chosen, PledgeInstalment.revision == Pledge.revision)
        .order_by(PledgeInstalment.pledge_id, PledgeInstalment.number)
    )
    for pledge_id, day, minor in rows:
        found[pledge_id].append((day, minor))
    return found


def _lines(
    row: Any, deposits: Mapping[date, int], owed: int, dues: Sequence[tuple[date, int]]
) -> Lines:
    lines = Lines({(row.fund_id, Figure.RECEIVED, day): cents for day, cents in deposits.items()})
    if row.earmarking is not Earmarking.UNEARMARKED:
        lines |= {(row.fund_id, Figure.EARMARKED, day): cents for day, cents in deposits.items()}
    signed = row.state is PledgeState.SIGNED
    if row.state in STANDING:
        lines[row.fund_id, Figure.UNVALUED, row.pledged_on] = int(row.cents is None)
        lines[row.fund_id, Figure.PLEDGED, row.pledged_on] = int(row.cents or 0)
        lines[row.fund_id, Figure.SIGNED, row.pledged_on] = int(row.cents or 0) if signed else 0
    for year, cents in _by_year(row, dues, owed):
        lines[row.fund_id, Figure.RECEIVABLE, year] += cents
    if row.state in STANDING and not signed and row.cents:
        left = max(row.standing - row.came, 0)
        for year, cents in _by_year(row, dues, int(row.cents) * left // row.standing):
            lines[row.fund_id, Figure.PROMISED, year] += cents
    return Lines({key: cents for key, cents in lines.items() if cents})


def _by_year(row: Any, dues: Sequence[tuple[date, int]], cents: int) -> Iterator[tuple[date, int]]:
    """USD cents spread over the payments that have not come, by the year in which each is due."""
    if not cents:
        return
    plan = [Due(day, Money(minor, row.currency)) for day, minor in dues]
    left = [due for due in covered(plan, Money(row.came, row.currency)) if not due.paid]
    if not left:
        yield AT_ONCE, cents
        return
    parts = usd(cents).allocate([due.left.minor for due in left])
    for due, part in zip(left, parts, strict=True):
        yield due.due_on.replace(month=1, day=1), part.minor


def _owed(row: Any, dues: Sequence[tuple[date, int]]) -> Iterator[Owed]:
    left = row.standing - row.came
    if row.state not in STANDING or left <= 0:
        return
    plan = [Due(day, Money(minor, row.currency)) for day, minor in dues]
    to_come = [due for due in covered(plan, Money(row.came, row.currency)) if not due.paid]
    for minor in sorted({left, *(due.left.minor for due in to_come)}):
        for day in sorted({due.due_on for due in to_come}) or (None,):
            yield row.fund_id, row.donor_id, row.currency, minor, day


def _share(row: Any, received: int) -> Share | None:
    if row.state not in STANDING or not row.taken_up or row.donor_id is None:
        return None
    return Share(row.fund_id, row.donor_id, row.named, int(row.cents or 0), received)
