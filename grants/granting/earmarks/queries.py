"""What was received, set apart, spent and left of each earmarked contribution."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, String, cast, func, literal, select
from sqlalchemy.orm import Session, joinedload

from grants.applying.calls.models import Call
from grants.books.ledger.accounts import Account, Event
from grants.books.ledger.models import Entry, Posting
from grants.books.ledger.queries import balances
from grants.core.funds.models import Fund
from grants.core.kernel.money import Money, usd
from grants.core.kernel.taxonomies import Earmarking
from grants.deciding.awards.models import Award
from grants.deciding.reviews.candidates import aid_by_application
from grants.giving.pledges.models import Pledge
from grants.giving.pledges.workflow import PledgeState
from grants.granting.earmarks.models import EarmarkMovement, Stage
from grants.granting.earmarks.rule import Purpose, Source, Terms, fits, narrowness

IS_EARMARKED = Pledge.earmarking != Earmarking.UNEARMARKED
RECEIVING = (Event.DEPOSIT_RECEIVED, Event.SUSPENSE_ALLOCATED, Event.DONOR_REFUNDED)
ARRIVED_AT = (Account.CASH, Account.BANK_CHARGES, Account.SUSPENSE)
"""Where the books have what a donor sent: in cash, in fees withheld, or out of suspense."""
END = date.max


def has_earmarks(session: Session, fund_id: int) -> bool:
    """Was anything pledged to the fund for a purpose?"""
    return bool(session.scalar(select(select(Pledge.id).where(_of_fund(fund_id)).exists())))


def _of_fund(fund_id: int) -> ColumnElement[bool]:
    return (Pledge.fund_id == fund_id) & IS_EARMARKED


def terms_of(pledge: Any) -> Terms:
    """What a pledge, or a row with its terms, may be spent on."""
    return Terms(
        pledge.earmarked_window,
        tuple(pledge.earmarked_countries),
        pledge.earmarked_region,
        pledge.earmarked_theme,
        pledge.earmarked_call_id,
        pledge.earmarked_award_id,
        pledge.earmarked_until,
    )


def purpose_of(session: Session, award: Award) -> Purpose:
    """What a grant is for, as its application says; of a grant brought in, its country alone."""
    application = award.application
    if application is None:
        return Purpose(award.country, award_id=award.id)
    services = aid_by_application(session, [application])[application.id]
    call = application.call
    return Purpose(award.country, call.window, call.id, award.id, frozenset(services))


@dataclass(frozen=True, slots=True)
class Holding:
    """One earmarked contribution, USD cents."""

    pledge_id: int
    terms: Terms
    pledged_on: date
    idle: int
    """What no grant has taken; less than 0 where more went back than was left."""
    usable: int
    """The same, of what had come by the day that was asked for."""

    def for_purpose(self, purpose: Purpose | None, on: date) -> Source:
        """What a grant for this purpose may take of it on a day: all that is usable, or nothing."""
        order = narrowness(self.terms, self.pledged_on, self.pledge_id)
        is_fit = purpose is not None and fits(self.terms, purpose, on)
        return Source(self.pledge_id, order, max(min(self.idle, self.usable), 0) if is_fit else 0)


def holdings(session: Session, fund_id: int, on: date = END) -> dict[int, Holding]:
    """The earmarked contributions of a fund, by pledge."""
    arrived, taken = _arrived(session, fund_id, on), _taken(session, fund_id, on)
    columns = (Pledge.id, Pledge.pledged_on, Pledge.earmarked_window, Pledge.earmarked_countries)
    rows = session.execute(
        select(
            *columns,
            Pledge.earmarked_region,
            Pledge.earmarked_theme,
            Pledge.earmarked_call_id,
            Pledge.earmarked_award_id,
            Pledge.earmarked_until,
        ).where(_of_fund(fund_id))
    )
    found = {}
    for row in rows:
        came, came_by = arrived.get(row.id, (0, 0))
        took, took_by = taken.get(row.id, (0, 0))
        usable = min(came, came_by) - max(took, took_by)
        found[row.id] = Holding(row.id, terms_of(row), row.pledged_on, came - took, usable)
    return found


def _arrived(session: Session, fund_id: int, on: date) -> Mapping[int, tuple[int, int]]:
    """What came less what went back, in all and by a day, by pledge."""
    cents = func.sum(Posting.usd_minor)
    rows = session.execute(
        _postings_of_pledges(fund_id)
        .with_only_columns(Pledge.id, cents, func.coalesce(cents.filter(Entry.booked_on <= on), 0))
        .group_by(Pledge.id)
    )
    return {row[0]: (int(row[1]), int(row[2])) for row in rows}


def _postings_of_pledges(fund_id: int) -> Any:
    subject = literal("pledge:") + cast(Pledge.id, String)
    return (
        select(Pledge.id)
        .join(Entry, (Entry.subject == subject) & (Entry.fund_id == Pledge.fund_id))
        .join(Posting, Posting.entry_id == Entry.id)
        .where(_of_fund(fund_id), Entry.event.in_(RECEIVING), Posting.account.in_(ARRIVED_AT))
    )


def _taken(session: Session, fund_id: int, on: date) -> Mapping[int, tuple[int, int]]:
    """What grants have of each contribution, in all and by a day, by pledge."""
    cents = func.sum(EarmarkMovement.usd_minor)
    rows = session.execute(
        select(
            EarmarkMovement.pledge_id,
            cents,
            func.coalesce(cents.filter(EarmarkMovement.booked_on <= on), 0),
        )
        .join(Pledge, Pledge.id == EarmarkMovement.pledge_id)
        .where(Pledge.fund_id == fund_id)
        .group_by(EarmarkMovement.pledge_id)
    )
    return {row[0]: (int(row[1]), int(row[2])) for row in rows}


def shares_of(session: Session, award_id: int) -> dict[Stage, dict[int, int]]:
    """What a grant has of each contribution at each stage, USD cents."""
    cents = func.sum(EarmarkMovement.usd_minor)
    rows = session.execute(
        select(EarmarkMovement.stage, EarmarkMovement.pledge_id, cents)
        .where(EarmarkMovement.award_id == award_id)
        .group_by(EarmarkMovement.stage, EarmarkMovement.pledge_id)
        .having(cents != 0)
    )
    shares: dict[Stage, dict[int, int]] = defaultdict(dict)
    for stage, pledge_id, share in rows:
        shares[stage][pledge_id] = int(share)
    return shares


def free_money(session: Session, fund: Fund) -> Money:
    """What is available and bound to no purpose: less than 0 where charges and costs took more than
    was free. Contributions that name no term bind nothing.
    """
    bound = sum(h.idle for h in holdings(session, fund.id).values() if h.terms.binds)
    return balances(session, fund).available - usd(bound)


def available_for(session: Session, fund: Fund, purpose: Purpose, on: date) -> Money:
    """What is available for a purpose: what is free, and what fits."""
    unfit = sum(
        max(holding.idle, 0)
        for holding in holdings(session, fund.id, on).values()
        if not fits(holding.terms, purpose, on)
    )
    return balances(session, fund).available - usd(unfit)


@dataclass(frozen=True, slots=True)
class EarmarkBalance:
    """One earmarked contribution at the end of a day, in USD."""

    pledge: Pledge
    call: str | None
    grant: str | None
    received: Money
    """At the rate of each deposit's day, bank fees included."""
    returned: Money
    """Sent back to the donor."""
    reserved: Money
    """For awards approved and not yet signed."""
    set_apart: Money
    spent: Money

    @property
    def left(self) -> Money:
        """Received and neither spent nor sent back: what is set apart is still left."""
        return self.received - self.returned - self.spent

    @property
    def idle(self) -> Money:
        """What no grant has taken."""
        return self.left - self.set_apart - self.reserved

    def as_json(self) -> dict[str, Any]:
        """As `flask earmarks` prints it."""
        pledge = self.pledge
        until = pledge.earmarked_until
        return {
            "pledge": pledge.reference,
            "donor": pledge.donor.code if pledge.donor else None,
            "earmark": {
                "window": pledge.earmarked_window,
                "countries": pledge.earmarked_countries,
                "region": pledge.earmarked_region,
                "theme": pledge.earmarked_theme,
                "call": self.call,
                "grant": self.grant,
                "until": until.isoformat() if until else None,
            },
            "received_usd": str(self.received),
            "set_apart_usd": str(self.set_apart),
            "spent_usd": str(self.spent),
            "left_usd": str(self.left),
            "returned_usd": str(self.returned),
            "reserved_usd": str(self.reserved),
        }


def earmark_balances(
    session: Session, fund: Fund, on: date | None = None
) -> Sequence[EarmarkBalance]:
    """Every earmarked contribution to a fund at the end of a day, or with everything that is
    booked; the oldest first.
    """
    day = on or END
    came, back = _received(session, fund.id, day)
    staged = _by_stage(session, fund.id, day)
    rows = session.execute(
        select(Pledge, Call.reference, Award.reference)
        .outerjoin(Call, Call.id == Pledge.earmarked_call_id)
        .outerjoin(Award, Award.id == Pledge.earmarked_award_id)
        .where(_of_fund(fund.id), Pledge.state != PledgeState.UNCONFIRMED)
        .order_by(Pledge.pledged_on, Pledge.id)
        .options(joinedload(Pledge.donor))
    )
    return [
        EarmarkBalance(
            pledge,
            call,
            grant,
            usd(came.get(pledge.id, 0)),
            usd(back.get(pledge.id, 0)),
            *(usd(staged.get((pledge.id, stage), 0)) for stage in Stage),
        )
        for pledge, call, grant in rows
    ]


def _received(
    session: Session, fund_id: int, on: date
) -> tuple[Mapping[int, int], Mapping[int, int]]:
    """What came, and what went back, by pledge."""
    cents, went_back = func.sum(Posting.usd_minor), Entry.event == Event.DONOR_REFUNDED
    rows = session.execute(
        _postings_of_pledges(fund_id)
        .with_only_columns(Pledge.id, cents.filter(~went_back), cents.filter(went_back))
        .where(Entry.booked_on <= on)
        .group_by(Pledge.id)
    ).all()
    came = {pledge_id: int(received or 0) for pledge_id, received, _back in rows}
    return came, {pledge_id: -int(back or 0) for pledge_id, _received, back in rows}


def _by_stage(session: Session, fund_id: int, on: date) -> Mapping[tuple[int, Stage], int]:
    rows = session.execute(
        select(
            EarmarkMovement.pledge_id,
            EarmarkMovement.stage,
            cast(func.sum(EarmarkMovement.usd_minor), BigInteger),
        )
        .join(Pledge, Pledge.id == EarmarkMovement.pledge_id)
        .where(Pledge.fund_id == fund_id, EarmarkMovement.booked_on <= on)
        .group_by(EarmarkMovement.pledge_id, EarmarkMovement.stage)
    )
    return {(pledge_id, stage): cents for pledge_id, stage, cents in rows}
