"""Which pledges a line of the bank could be money on: by reference, amount and name.

All open pledges of the funds are read at once, so that none is left out and all are of one moment;
how well each fits is reckoned by `scoring` afterwards. A pledge that is paid is found only by the
reference that a line quotes.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    Text,
    any_,
    bindparam,
    cast,
    func,
    literal_column,
    or_,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import ARRAY, aggregate_order_by
from sqlalchemy.orm import Session

from grants.banking.matching.scoring import (
    DUE_SOON,
    ENDING,
    FULL_SUM,
    LIKE_NAME,
    NEARLY,
    SAME_NAME,
    SOON,
    IncomingPayment,
    Owed,
    bare,
    quoted_in,
    slips,
    usual_fee,
)
from grants.banking.matching.senders import Donors, Names
from grants.banking.matching.stated import Stated
from grants.core.database.words import found_first
from grants.core.kernel.money import Money
from grants.core.people.models import Organisation
from grants.giving.contributions.models import Deposit
from grants.giving.contributions.queries import STANDS
from grants.giving.pledges.models import Pledge, PledgeChange, PledgeInstalment
from grants.giving.pledges.queries import may_be_paid
from grants.giving.pledges.schedule import Due, covered


class OpenPledge(NamedTuple):
    """A pledge in force: what is promised, and what came of it, in minor units."""

    id: int
    reference: str
    fund_id: int
    currency: str
    standing: int
    came: int
    donor: str | None
    names: Names
    due_on: tuple[date, ...]
    dues: tuple[int, ...]
    """The payments that are promised, in their order."""

    @property
    def outstanding(self) -> int:
        return max(self.standing - self.came, 0)

    @property
    def owed(self) -> Owed:
        """What is still to come on it."""
        came = Money(self.came, self.currency)
        outstanding = Money(self.outstanding, self.currency)
        plan = (
            Due(day, Money(minor, self.currency))
            for day, minor in zip(self.due_on, self.dues, strict=True)
        )
        payments = tuple(covered(plan, came)) if outstanding else ()
        return Owed(self.reference, self.names, outstanding, payments)

    def unpaid(self) -> Iterator[tuple[date, int]]:
        """The payments that have not come, with what of each is still due."""
        came = self.came
        for day, minor in zip(self.due_on, self.dues, strict=True):
            if minor > came:
                yield day, minor - max(came, 0)
            came -= minor

    def amounts(self) -> set[int]:
        """What may come at once: all of it, or one payment."""
        return {self.outstanding, *(minor for _day, minor in self.unpaid())}


def open_pledges(
    session: Session, lines: Sequence[Stated], enough: int = 8
) -> list[tuple[OpenPledge, ...]]:
    """The pledges worth a look for each line, the oldest first. `enough`: of those that fit by
    amount or name, so many, the best first.
    """
    of_funds: dict[int, list[OpenPledge]] = defaultdict(list)
    for pledge in _read_pledges(session, lines):
        of_funds[pledge.fund_id].append(pledge)
    waiting = {fund_id: _OpenPledges(pledges) for fund_id, pledges in of_funds.items()}
    return [
        tuple(sorted(waiting[line.fund_id].pledges_for(line, enough)))
        if line.fund_id in waiting
        else ()
        for line in lines
    ]


class _OpenPledges:
    """The open pledges of a fund, by all that a line may say of one."""

    def __init__(self, pledges: Sequence[OpenPledge]) -> None:
        unpaid = [pledge for pledge in pledges if pledge.outstanding]
        self._by_ending: dict[str, list[OpenPledge]] = defaultdict(list)
        for pledge in pledges:
            self._by_ending[bare(pledge.reference)[-ENDING:]].append(pledge)
        self._by_reference = {pledge.reference: pledge for pledge in unpaid}
        self._by_amount: dict[tuple[str, int], list[OpenPledge]] = defaultdict(list)
        self._by_names: dict[Names, list[OpenPledge]] = defaultdict(list)
        for pledge in unpaid:
            self._by_names[pledge.names].append(pledge)
            for minor in pledge.amounts():
                self._by_amount[pledge.currency, minor].append(pledge)
        self._donors = Donors(self._by_names)
        self._resembling: dict[str, Mapping[Names, bool]] = {}

    def pledges_for(self, line: Stated, enough: int) -> set[OpenPledge]:
        """Open pledges that the line quotes, and the best of those that fit by amount or name."""
        points: dict[OpenPledge, int] = {}
        donors = self._donors_like(line.counterparty)
        for pledge in self._with_amount(line):
            points[pledge] = FULL_SUM
        for names in donors:
            for pledge in self._by_names[names]:
                if sent := line.seen_in(pledge.currency):
                    points.setdefault(pledge, _points_for_nearly(sent, pledge))
        for pledge in points:
            if (same := donors.get(pledge.names)) is not None:
                points[pledge] += SAME_NAME if same else LIKE_NAME
            if any(abs((day - line.value_on).days) <= SOON for day, _minor in pledge.unpaid()):
                points[pledge] += DUE_SOON
        best = sorted(points, key=lambda pledge: (-points[pledge], pledge.id))
        return {*best[:enough], *self._quoted_by(line)}

    def _donors_like(self, sender: str) -> Mapping[Names, bool]:
        if sender not in self._resembling:
            self._resembling[sender] = self._donors.resembling(sender)
        return self._resembling[sender]

    def _with_amount(self, line: Stated) -> Iterator[OpenPledge]:
        for currency, minor in line.sums():
            yield from self._by_amount.get((currency, minor), ())

    def _quoted_by(self, line: Stated) -> Iterator[OpenPledge]:
        """By its reference, or a word that is one or two characters away from it."""
        quoted = quoted_in(line.texts)
        for ending in quoted.endings:
            yield from self._by_ending.get(ending, ())
        for word in quoted.with_digits:
            for reference in slips(word, self._by_reference):
                yield self._by_reference[reference]


def _points_for_nearly(incoming: IncomingPayment, pledge: OpenPledge) -> int:
    """Correspondent banks keep a fee of what is due."""
    sent = incoming.sent
    nearly = any(0 < minor - sent.minor <= usual_fee(sent) for minor in pledge.amounts())
    return NEARLY if nearly else 0


def _read_pledges(session: Session, lines: Iterable[Stated]) -> Iterator[OpenPledge]:
    """The open pledges of these funds, and those that a line quotes though they are paid."""
    endings = set().union(*(quoted_in(line.texts).endings for line in lines))
    values = {"funds": list({line.fund_id for line in lines}), "endings": list(endings)}
    for *facts, donor, other_names, days, dues in session.execute(_PLEDGES, values):
        names = () if donor is None else (donor, *(other_names or ()))
        yield OpenPledge._make((*facts, donor, names, tuple(days or ()), tuple(dues or ())))


def _select_pledges() -> Any:
    came = (
        select(
            Deposit.pledge_id,
            cast(func.sum(Deposit.amount_minor + Deposit.bank_fee_minor), BigInteger).label(
                "minor"
            ),
        )
        .where(STANDS)
        .group_by(Deposit.pledge_id)
        .subquery()
    )
    given_up = (
        select(
            PledgeChange.pledge_id,
            cast(func.sum(PledgeChange.amount_minor), BigInteger).label("minor"),
        )
        .where(PledgeChange.is_approved)
        .group_by(PledgeChange.pledge_id)
        .subquery()
    )
    promised = Pledge.amount_minor - func.coalesce(given_up.c.minor, 0)
    received = func.coalesce(came.c.minor, 0)
    plan = _promised_plan()
    return (
        select(
            *(Pledge.id, Pledge.reference, Pledge.fund_id, Pledge.currency, promised, received),
            func.coalesce(Organisation.name, Pledge.promise["name"].astext),
            *(Organisation.other_names, plan.c.days, plan.c.dues),
        )
        .outerjoin(came, came.c.pledge_id == Pledge.id)
        .outerjoin(given_up, given_up.c.pledge_id == Pledge.id)
        .outerjoin(Organisation, Organisation.id == Pledge.donor_id)
        .join(plan, true())
        .where(
            may_be_paid(),
            Pledge.fund_id == any_(bindparam("funds", type_=ARRAY(BigInteger))),
            or_(promised > received, found_first(Pledge.id, _quoted_so())),
        )
    )


def _quoted_so() -> Any:
    """The pledges whose references end so, by their index."""
    ending: Any = literal_column("right(regexp_replace(upper(reference), '[^A-Z0-9]', '', 'g'), 8)")
    return select(Pledge.id).where(ending == any_(bindparam("endings", type_=ARRAY(Text))))


def _promised_plan() -> Any:
    """The payments that are promised now, in their order."""
    part = PledgeInstalment
    days, dues = (
        func.array_agg(aggregate_order_by(column, part.number))
        for column in (part.due_on, part.amount_minor)
    )
    return (
        select(days.label("days"), dues.label("dues"))
        .where(part.pledge_id == Pledge.id, part.revision == Pledge.revision)
        .correlate(Pledge)
        .lateral()
    )


_PLEDGES = _select_pledges()
