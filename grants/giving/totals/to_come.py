"""What donors still are to pay to a fund, by the day on which it is due, in USD cents."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, any_, bindparam, func, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from grants.books.ledger.models import RecordHeld
from grants.core.funds.models import Fund
from grants.core.kernel.money import Money, usd
from grants.giving.contributions.figures import received, valued_pledges
from grants.giving.pledges.models import Pledge, PledgeInstalment
from grants.giving.pledges.schedule import Due, covered
from grants.giving.pledges.workflow import OFFERED

AT_ONCE = date.min
"""The day of what is due without a date."""

_FUND_ID = bindparam("fund_id", type_=BigInteger)
_SUBJECT = func.concat("pledge:", Pledge.id)
_RECEIVABLE = (
    select(Pledge.id, Pledge.currency, RecordHeld.usd_minor, received().label("came"))
    .join(RecordHeld, (RecordHeld.fund_id == Pledge.fund_id) & (RecordHeld.subject == _SUBJECT))
    .where(Pledge.fund_id == _FUND_ID, RecordHeld.usd_minor != 0)
)
_OFFERED = valued_pledges(Pledge.fund_id == _FUND_ID, Pledge.state.in_(OFFERED))
_PROMISED = (
    select(
        *(Pledge.id, Pledge.currency, _OFFERED.c.cents),
        _OFFERED.c.amount_minor.label("standing"),
        received().label("came"),
    )
    .join(_OFFERED, _OFFERED.c.id == Pledge.id)
    .where(_OFFERED.c.cents.is_not(None), _OFFERED.c.amount_minor > 0)
)
_PAYMENTS = (
    select(PledgeInstalment.pledge_id, PledgeInstalment.due_on, PledgeInstalment.amount_minor)
    .join(Pledge, Pledge.id == PledgeInstalment.pledge_id)
    .where(
        Pledge.id == any_(bindparam("ids", type_=ARRAY(BigInteger))),
        PledgeInstalment.revision == Pledge.revision,
    )
    .order_by(PledgeInstalment.pledge_id, PledgeInstalment.number)
)


class Expected(NamedTuple):
    """A payment that a donor still is to make on a pledge."""

    pledge_id: int
    due_on: date
    cents: int
    """USD."""


def receivables(session: Session, fund: Fund) -> list[Expected]:
    """What the books expect on signed pledges."""
    pledges = session.execute(_RECEIVABLE, {"fund_id": fund.id}).all()
    return _expected_payments(session, [(pledge, pledge.usd_minor) for pledge in pledges])


def promises(session: Session, fund: Fund) -> list[Expected]:
    """What is to come on pledges without an agreement, at the rate of the day they were made."""
    pledges = session.execute(_PROMISED, {"fund_id": fund.id}).all()
    return _expected_payments(
        session,
        [
            (pledge, int(pledge.cents) * max(pledge.standing - pledge.came, 0) // pledge.standing)
            for pledge in pledges
        ],
    )


def receivable_by_year(session: Session, fund: Fund) -> Mapping[int, int]:
    """What the books expect on signed pledges; without a date: year 1."""
    return _sum_by_year(receivables(session, fund))


def promised_by_year(session: Session, fund: Fund) -> Mapping[int, int]:
    """What is to come on pledges without an agreement; without a date: year 1."""
    return _sum_by_year(promises(session, fund))


def _sum_by_year(payments: Iterable[Expected]) -> Mapping[int, int]:
    years = Counter[int]()
    for payment in payments:
        years[payment.due_on.year] += payment.cents
    return years


def _expected_payments(session: Session, to_come: Sequence[tuple[Any, int]]) -> list[Expected]:
    """What is to come on each of these pledges, spread over the payments that have not come."""
    payments = _promised_payments(session, [pledge.id for pledge, _cents in to_come])
    return [
        Expected(pledge.id, day, part)
        for pledge, cents in to_come
        for day, part in _spread_over_payments(pledge, payments.get(pledge.id, ()), cents)
    ]


def _promised_payments(
    session: Session, ids: Collection[int]
) -> Mapping[int, Sequence[tuple[date, int]]]:
    """Pledge → its promised payments in their order."""
    payments: dict[int, list[tuple[date, int]]] = defaultdict(list)
    for pledge_id, day, minor in session.execute(_PAYMENTS, {"ids": [*ids]}):
        payments[pledge_id].append((day, minor))
    return payments


def _spread_over_payments(
    pledge: Any, payments: Sequence[tuple[date, int]], cents: int
) -> Iterator[tuple[date, int]]:
    if not cents:
        return
    plan = [Due(day, Money(minor, pledge.currency)) for day, minor in payments]
    unpaid = [due for due in covered(plan, Money(pledge.came, pledge.currency)) if not due.paid]
    if not unpaid:
        yield AT_ONCE, cents
        return
    parts = usd(cents).allocate([due.left.minor for due in unpaid])
    for due, part in zip(unpaid, parts, strict=True):
        yield due.due_on, part.minor
