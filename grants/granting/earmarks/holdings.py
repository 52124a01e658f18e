"""Earmarked contributions as grants take from them: what came, what is taken, what fits."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, String, Subquery, cast, func, literal, select, true
from sqlalchemy.orm import Session

from grants.applying.applications.models import Application
from grants.books.ledger.accounts import Account, Event
from grants.books.ledger.models import Entry, Posting
from grants.books.ledger.queries import balances
from grants.core.funds.models import Fund
from grants.core.kernel.money import Money, usd
from grants.core.kernel.taxonomies import Earmarking
from grants.deciding.awards.models import Award
from grants.deciding.reviews.candidates import aid_by_application
from grants.giving.pledges.models import Pledge
from grants.granting.earmarks.models import EarmarkMovement, Stage
from grants.granting.earmarks.rule import Purpose, Source, Terms, fits, narrowness

IS_EARMARKED = Pledge.earmarking != Earmarking.UNEARMARKED
RECEIVING = (Event.DEPOSIT_RECEIVED, Event.SUSPENSE_ALLOCATED, Event.DONOR_REFUNDED)
ARRIVED_AT = (Account.CASH, Account.BANK_CHARGES, Account.SUSPENSE)
"""Where the books have what a donor sent: in cash, in fees withheld, or out of suspense."""
END = date.max


def has_earmarks(session: Session, fund_id: int) -> bool:
    """Was anything pledged to the fund for a purpose?"""
    return bool(session.scalar(select(select(Pledge.id).where(of_fund(fund_id)).exists())))


def of_fund(fund_id: int) -> ColumnElement[bool]:
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
    if award.application is None:
        return Purpose(award.country, award_id=award.id)
    purpose = purpose_of_application(session, award.application)
    return replace(purpose, country=award.country, award_id=award.id)


def purpose_of_application(session: Session, application: Application) -> Purpose:
    services = aid_by_application(session, [application])[application.id]
    call = application.call
    return Purpose(application.country, call.window, call.id, services=frozenset(services))


@dataclass(frozen=True, slots=True)
class Holding:
    """One earmarked contribution, USD cents."""

    pledge_id: int
    terms: Terms
    pledged_on: date
    idle: int
    """What no grant has taken; less than 0 where more went back than was left."""
    idle_then: int
    """What no grant had taken at the end of the day that was asked for."""
    usable: int
    """What a grant may take on that day: there by then, and not taken since."""

    def for_purpose(self, purpose: Purpose | None, on: date) -> Source:
        """What a grant for this purpose may take of it on a day: all that is usable, or nothing."""
        order = narrowness(self.terms, self.pledged_on, self.pledge_id)
        is_fit = purpose is not None and fits(self.terms, purpose, on)
        return Source(self.pledge_id, order, max(min(self.idle, self.usable), 0) if is_fit else 0)


def holdings(
    session: Session, fund_id: int, on: date = END, only: Collection[int] | None = None
) -> dict[int, Holding]:
    """The earmarked contributions of a fund, by pledge; `only` those of some pledges."""
    which = true() if only is None else Pledge.id.in_(only)
    arrived, taken = _arrived(fund_id, on, which), _taken(fund_id, on, which)
    sums = (arrived.c.whole, arrived.c.by_day, taken.c.whole, taken.c.by_day)
    columns = (Pledge.id, Pledge.pledged_on, Pledge.earmarked_window, Pledge.earmarked_countries)
    terms = (
        Pledge.earmarked_region,
        Pledge.earmarked_theme,
        Pledge.earmarked_call_id,
        Pledge.earmarked_award_id,
        Pledge.earmarked_until,
    )
    rows = session.execute(
        select(*columns, *terms, *(func.coalesce(cents, 0) for cents in sums))
        .outerjoin(arrived, arrived.c.id == Pledge.id)
        .outerjoin(taken, taken.c.pledge_id == Pledge.id)
        .where(of_fund(fund_id), which)
    )
    return {row.id: _holding_of(row, *(int(cents) for cents in row[-len(sums) :])) for row in rows}


def _holding_of(pledge: Any, came: int, came_by: int, took: int, took_by: int) -> Holding:
    """Nothing came where a refund, at the rate of its own day, sent back more US dollars than had
    arrived: that loss is the fund’s, and no grant has it of the contribution.
    """
    came, came_by = max(came, 0), max(came_by, 0)
    return Holding(
        pledge.id,
        terms_of(pledge),
        pledge.pledged_on,
        idle=came - took,
        idle_then=came_by - took_by,
        usable=min(came, came_by) - max(took, took_by),
    )


def _arrived(fund_id: int, on: date, which: ColumnElement[bool]) -> Subquery:
    """What came less what went back, in all and by a day, by pledge."""
    cents = func.sum(Posting.usd_minor)
    columns = (cents.label("whole"), cents.filter(Entry.booked_on <= on).label("by_day"))
    query = postings_of_pledges(fund_id).with_only_columns(Pledge.id, *columns)
    sums: Subquery = query.where(which).group_by(Pledge.id).subquery()
    return sums


def postings_of_pledges(fund_id: int) -> Any:
    subject = literal("pledge:") + cast(Pledge.id, String)
    return (
        select(Pledge.id)
        .join(Entry, (Entry.subject == subject) & (Entry.fund_id == Pledge.fund_id))
        .join(Posting, Posting.entry_id == Entry.id)
        .where(of_fund(fund_id), Entry.event.in_(RECEIVING), Posting.account.in_(ARRIVED_AT))
    )


def _taken(fund_id: int, on: date, which: ColumnElement[bool]) -> Subquery:
    """What grants have of each contribution, in all and by a day, by pledge."""
    cents = func.sum(EarmarkMovement.usd_minor)
    return (
        select(
            EarmarkMovement.pledge_id,
            cents.label("whole"),
            cents.filter(EarmarkMovement.booked_on <= on).label("by_day"),
        )
        .join(Pledge, Pledge.id == EarmarkMovement.pledge_id)
        .where(Pledge.fund_id == fund_id, which)
        .group_by(EarmarkMovement.pledge_id)
        .subquery()
    )


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


def idle_money(session: Session, fund: Fund, on: date | None = None) -> Money:
    """What no grant has taken of earmarked contributions at the end of a day."""
    of_fund_by_then = holdings(session, fund.id, on or END).values()
    return usd(sum(max(holding.idle_then, 0) for holding in of_fund_by_then))
