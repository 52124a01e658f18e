"""What was received, set apart, spent and left of each earmarked contribution."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, cast, func, select
from sqlalchemy.orm import Session, joinedload

from grants.applying.calls.models import Call
from grants.books.ledger.accounts import Event
from grants.books.ledger.models import Entry, Posting
from grants.core.countries.countries import country_name
from grants.core.funds.models import Fund
from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import Money, usd
from grants.core.kernel.taxonomies import Earmarking
from grants.deciding.awards.models import Announcement, Award
from grants.giving.pledges.earmarked import EarmarkLine, GrantLine
from grants.giving.pledges.models import Pledge
from grants.granting.earmarks.holdings import END, of_fund, postings_of_pledges
from grants.granting.earmarks.models import EarmarkMovement, Stage


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

    @property
    def purpose(self) -> str:
        """For what it is earmarked, in words."""
        named = (self.pledge.purpose, self.call, self.grant)
        return " · ".join(part for part in named if part)

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
    return _balances(session, fund, on or END)


def balance_of(
    session: Session, fund: Fund, reference: str, on: date | None = None
) -> EarmarkBalance:
    """One earmarked contribution at the end of a day, or with everything that is booked; Missing if
    there is none.
    """
    for balance in _balances(session, fund, on or END, Pledge.reference == reference):
        return balance
    raise Missing(_("Pledge not found."))


def _balances(
    session: Session, fund: Fund, day: date, *which: ColumnElement[bool]
) -> Sequence[EarmarkBalance]:
    came, back = _received(session, fund.id, day, *which)
    staged = _by_stage(session, fund.id, day, *which)
    rows = session.execute(
        select(Pledge, Call.reference, Award.reference)
        .outerjoin(Call, Call.id == Pledge.earmarked_call_id)
        .outerjoin(Award, Award.id == Pledge.earmarked_award_id)
        .where(of_fund(fund.id), ~Pledge.is_unconfirmed, *which)
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
    session: Session, fund_id: int, on: date, *which: ColumnElement[bool]
) -> tuple[Mapping[int, int], Mapping[int, int]]:
    """What came, and what went back, by pledge."""
    cents, went_back = func.sum(Posting.usd_minor), Entry.event == Event.DONOR_REFUNDED
    rows = session.execute(
        postings_of_pledges(fund_id)
        .with_only_columns(Pledge.id, cents.filter(~went_back), cents.filter(went_back))
        .where(Entry.booked_on <= on, *which)
        .group_by(Pledge.id)
    ).all()
    came = {pledge_id: int(received or 0) for pledge_id, received, _back in rows}
    return came, {pledge_id: -int(back or 0) for pledge_id, _received, back in rows}


def _by_stage(
    session: Session, fund_id: int, on: date, *which: ColumnElement[bool]
) -> Mapping[tuple[int, Stage], int]:
    rows = session.execute(
        select(
            EarmarkMovement.pledge_id,
            EarmarkMovement.stage,
            cast(func.sum(EarmarkMovement.usd_minor), BigInteger),
        )
        .join(Pledge, Pledge.id == EarmarkMovement.pledge_id)
        .where(Pledge.fund_id == fund_id, EarmarkMovement.booked_on <= on, *which)
        .group_by(EarmarkMovement.pledge_id, EarmarkMovement.stage)
    )
    return {(pledge_id, stage): cents for pledge_id, stage, cents in rows}


@dataclass(frozen=True, slots=True)
class EarmarkUse:
    """What one grant has of an earmarked contribution, in USD."""

    award: Award
    reserved: Money
    set_apart: Money
    spent: Money

    @property
    def country(self) -> str:
        return country_name(self.award.country) if self.award.country else ""

    @property
    def public_country(self) -> str:
        """The country of the grant; "" where it could put people at risk."""
        return "" if self.award.announced is Announcement.UNNAMED else self.country


def uses_of(session: Session, pledge: Pledge, on: date | None = None) -> Sequence[EarmarkUse]:
    """The grants that have money of an earmarked contribution at the end of a day, the oldest
    first.
    """
    return uses_of_each(session, [pledge.id], on)[pledge.id]


def uses_of_each(
    session: Session, pledge_ids: Collection[int], on: date | None = None
) -> Mapping[int, Sequence[EarmarkUse]]:
    """Of several contributions at once, by pledge."""
    cents = cast(func.sum(EarmarkMovement.usd_minor), BigInteger)
    rows = session.execute(
        select(EarmarkMovement.pledge_id, Award, EarmarkMovement.stage, cents)
        .join(EarmarkMovement, EarmarkMovement.award_id == Award.id)
        .where(EarmarkMovement.pledge_id.in_(pledge_ids), EarmarkMovement.booked_on <= (on or END))
        .group_by(EarmarkMovement.pledge_id, Award.id, EarmarkMovement.stage)
        .having(cents != 0)
        .order_by(Award.id)
    ).all()
    amounts: dict[int, dict[Award, dict[Stage, Money]]] = {number: {} for number in pledge_ids}
    for number, award, stage, share in rows:
        amounts[number].setdefault(award, {})[stage] = usd(share)
    return {
        number: [
            EarmarkUse(award, *(shares.get(stage, usd(0)) for stage in Stage))
            for award, shares in of_awards.items()
        ]
        for number, of_awards in amounts.items()
    }


def line_of(session: Session, pledge: Pledge, on: date | None = None) -> EarmarkLine:
    """What an earmarked contribution did by the end of a day, as its donor reads it."""
    balance = balance_of(session, pledge.fund, pledge.reference, on)
    return _line_from(balance, uses_of(session, pledge, on))


def lines_of(
    session: Session, fund: Fund, on: date
) -> Sequence[tuple[EarmarkBalance, EarmarkLine]]:
    """What every earmarked contribution that was pledged by a day did by its end; oldest first."""
    balances = [row for row in earmark_balances(session, fund, on) if row.pledge.pledged_on <= on]
    uses = uses_of_each(session, [row.pledge.id for row in balances], on)
    return [(row, _line_from(row, uses[row.pledge.id])) for row in balances]


def lines_of_donors(
    session: Session, donors: Collection[int]
) -> Sequence[tuple[EarmarkBalance, Sequence[EarmarkUse]]]:
    """The earmarked contributions of these donors of which money has come, the oldest first, with
    the grants that have it.
    """
    of_donors = Pledge.donor_id.in_(donors)
    funds = select(Pledge.fund_id).where(of_donors, Pledge.earmarking != Earmarking.UNEARMARKED)
    balances = [
        balance
        for fund in session.scalars(select(Fund).where(Fund.id.in_(funds)).order_by(Fund.id)).all()
        for balance in _balances(session, fund, END, of_donors)
        if balance.received
    ]
    uses = uses_of_each(session, [balance.pledge.id for balance in balances])
    return [(balance, uses[balance.pledge.id]) for balance in balances]


def _line_from(balance: EarmarkBalance, uses: Sequence[EarmarkUse]) -> EarmarkLine:
    return EarmarkLine(
        reference=balance.pledge.reference,
        purpose=balance.purpose,
        received=balance.received - balance.returned,
        set_apart=balance.reserved + balance.set_apart,
        spent=balance.spent,
        left=balance.left,
        grants=tuple(
            GrantLine(
                use.award.reference, use.public_country, use.reserved + use.set_apart, use.spent
            )
            for use in uses
        ),
    )
