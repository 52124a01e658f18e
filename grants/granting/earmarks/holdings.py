"""Earmarked contributions as grants take from them: what came, what is taken, what fits."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, String, cast, func, literal, select, true
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
    usable: int
    """The same, of what had come by the day that was asked for."""

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
    arrived = _arrived(session, fund_id, on, which)
    taken = _taken(session, fund_id, on, which)
    columns = (Pledge.id, Pledge.pledged_on, Pledge.earmarked_window, Pledge.earmarked_countries)
    rows = session.execute(
        select(
            *columns,
            Pledge.earmarked_region,
            Pledge.earmarked_theme,
            Pledge.earmarked_call_id,
            Pledge.earmarked_award_id,
            Pledge.earmarked_until,
        ).where(of_fund(fund_id), which)
    )
    found = {}
    for row in rows:
        came, came_by = arrived.get(row.id, (0, 0))
        took, took_by = taken.get(row.id, (0, 0))
        usable = min(came, came_by) - max(took, took_by)
        found[row.id] = Holding(row.id, terms_of(row), row.pledged_on, came - took, usable)
    return found


def _arrived(
    session: Session, fund_id: int, on: date, which: ColumnElement[bool]
) -> Mapping[int, tuple[int, int]]:
    """What came less what went back, in all and by a day, by pledge."""
    cents = func.sum(Posting.usd_minor)
    rows = session.execute(
        postings_of_pledges(fund_id)
        .with_only_columns(Pledge.id, cents, func.coalesce(cents.filter(Entry.booked_on <= on), 0))
        .where(which)
        .group_by(Pledge.id)
    )
    return {row[0]: (int(row[1]), int(row[2])) for row in rows}


def postings_of_pledges(fund_id: int) -> Any:
    subject = literal("pledge:") + cast(Pledge.id, String)
    return (
        select(Pledge.id)
        .join(Entry, (Entry.subject == subject) & (Entry.fund_id == Pledge.fund_id))
        .join(Posting, Posting.entry_id == Entry.id)
        .where(of_fund(fund_id), Entry.event.in_(RECEIVING), Posting.account.in_(ARRIVED_AT))
    )


def _taken(
    session: Session, fund_id: int, on: date, which: ColumnElement[bool]
) -> Mapping[int, tuple[int, int]]:
    """What grants have of each contribution, in all and by a day, by pledge."""
    cents = func.sum(EarmarkMovement.usd_minor)
    rows = session.execute(
        select(
            EarmarkMovement.pledge_id,
            cents,
            func.coalesce(cents.filter(EarmarkMovement.booked_on <= on), 0),
        )
        .join(Pledge, Pledge.id == EarmarkMovement.pledge_id)
        .where(Pledge.fund_id == fund_id, which)
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


def idle_money(session: Session, fund: Fund, on: date | None = None) -> Money:
    """What no grant has taken of earmarked contributions at the end of a day."""
    day = on or END
    arrived = _arrived(session, fund.id, day, true())
    taken = _taken(session, fund.id, day, true())
    idle = (came - taken.get(pledge, (0, 0))[1] for pledge, (_all, came) in arrived.items())
    return usd(sum(cents for cents in idle if cents > 0))


def available_for(session: Session, fund: Fund, purpose: Purpose, on: date) -> Money:
    """What is available for a purpose: what is free, and what fits."""
    unfit = sum(
        max(holding.idle, 0)
        for holding in holdings(session, fund.id, on).values()
        if not fits(holding.terms, purpose, on)
    )
    return balances(session, fund).available - usd(unfit)
