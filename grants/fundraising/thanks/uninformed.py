"""Donors whose money did something long ago, and who have not been told of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, cast, exists, func, or_, select
from sqlalchemy.orm import Session
from sqlalchemy.types import Date

from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.taxonomies import Earmarking
from grants.core.people.models import Organisation
from grants.core.people.permissions import Permission
from grants.core.people.queries import in_funds_with
from grants.core.people.viewer import Viewer
from grants.deciding.awards.models import Award
from grants.fundraising.thanks.models import ThanksLetter, ThanksRound
from grants.fundraising.thanks.queries import RECENT, is_reachable
from grants.giving.contributions.models import Deposit
from grants.giving.contributions.queries import STANDS
from grants.giving.donors.models import Contact
from grants.giving.pledges.models import Pledge
from grants.granting.earmarks.models import EarmarkMovement
from grants.granting.reporting.models import Report


@dataclass(frozen=True, slots=True)
class Uninformed:
    """A donor, and since when there is something to tell."""

    name: str
    since: date


def count_uninformed(viewer: Viewer) -> Select[int]:
    """How many donors of the funds for which this person sends letters have not been told: one for
    each fund.
    """
    of_funds = in_funds_with(viewer, Permission.OUTREACH_SEND, Pledge.fund_id)
    return select(func.count()).select_from(_uninformed_donors(of_funds).subquery())


def uninformed_donors(session: Session, fund: Fund) -> Sequence[Uninformed]:
    """The donors of a fund who have not been told, who waits longest first."""
    waiting = _uninformed_donors(Pledge.fund_id == fund.id).subquery()
    rows = session.execute(
        select(Organisation.name, waiting.c.since)
        .join(waiting, waiting.c.donor_id == Organisation.id)
        .order_by(waiting.c.since, Organisation.name)
    )
    return [Uninformed(name, fund.day_of(since)) for name, since in rows]


def _uninformed_donors(of_funds: ColumnElement[bool]) -> Select[int, int | None, datetime | None]:
    """Donor and fund, with the first report of which nothing was told: a grant was paid out of what
    the donor gave before, of the pool or of the earmark, and the fund accepted its report so many
    months ago. Donors who can be written to.
    """
    reads_for_donor = exists().where(
        Contact.organisation_id == Pledge.donor_id, func.lower(Contact.email) == ThanksLetter.email
    )
    last_round = (
        select(func.max(ThanksRound.begun_at))
        .join(ThanksLetter, ThanksLetter.round_id == ThanksRound.id)
        .where(
            ThanksRound.fund_id == Pledge.fund_id,
            (ThanksLetter.donor_id == Pledge.donor_id) | reads_for_donor,
        )
        .correlate(Pledge)
        .scalar_subquery()
    )
    took_from_it = exists().where(
        EarmarkMovement.pledge_id == Pledge.id, EarmarkMovement.award_id == Award.id
    )
    today = clock.today()
    return (
        select(Pledge.fund_id, Pledge.donor_id, func.min(Report.decided_at).label("since"))
        .join(Fund, Fund.id == Pledge.fund_id)
        .join(Deposit, Deposit.pledge_id == Pledge.id)
        .join(Award, Award.fund_id == Pledge.fund_id)
        .join(Report, Report.award_id == Award.id)
        .where(
            of_funds,
            STANDS,
            Deposit.value_on >= today - RECENT,
            Report.is_accepted,
            Report.decided_at <= cast(today, Date) - func.make_interval(0, Fund.thanks_months),
            cast(Report.decided_at, Date) >= Deposit.value_on,
            or_(last_round.is_(None), Report.decided_at > last_round),
            or_(Pledge.earmarking == Earmarking.UNEARMARKED, took_from_it),
            _has_address(),
        )
        .group_by(Pledge.fund_id, Pledge.donor_id)
    )


def _has_address() -> ColumnElement[bool]:
    """Is there a person at the donor who can be told?"""
    return exists().where(
        Contact.organisation_id == Pledge.donor_id, Contact.left_on.is_(None), is_reachable()
    )
