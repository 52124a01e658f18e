"""What may go wrong with the running grants of a fund, each with the page that shows it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from grants.core.funds.models import Fund
from grants.core.kernel.formats import percent
from grants.core.kernel.language import gettext as _
from grants.core.people.models import Organisation
from grants.core.people.permissions import Permission
from grants.core.people.viewer import Scope, Viewer
from grants.deciding.awards.models import Award
from grants.deciding.awards.queries import for_viewer
from grants.deciding.awards.workflow import AwardState
from grants.granting.reporting.models import Report
from grants.granting.reporting.workflow import SENT
from grants.integrity.risk.models import Flag, Severity
from grants.integrity.risk.workflow import FlagState

AHEAD = 30
"""So many points more of a grant are spent than of its time has passed, in per cent."""
SHOWN = 6
"""Of each kind, the worst or newest; the dashboard is no list."""


@dataclass(frozen=True, slots=True)
class Risk:
    """One concern, in words, and the page of the record: its endpoint, and which record."""

    text: str
    endpoint: str
    values: Mapping[str, str]


def risks_of(session: Session, fund: Fund, viewer: Viewer, on: date) -> list[Risk]:
    """The concerns that this person may know of: flags first, then money spent too fast."""
    return [*_flagged(session, fund, viewer), *_fast(session, fund, viewer, on)]


def _flagged(session: Session, fund: Fund, viewer: Viewer) -> Iterator[Risk]:
    """Organisations with a running grant on which a yellow or a red flag is raised."""
    if not viewer.may(Permission.DUE_DILIGENCE_SEE, Scope(fund.id)):
        return
    running = select(Award.organisation_id).where(
        Award.fund_id == fund.id, Award.state == AwardState.AGREED
    )
    flags = (
        select(Organisation.code, Organisation.name, Flag.severity, Flag.concern)
        .join(Flag, Flag.organisation_id == Organisation.id)
        .where(
            Flag.state == FlagState.RAISED,
            Flag.severity.in_((Severity.RED, Severity.YELLOW)),
            Organisation.id.in_(running),
        )
        .order_by((Flag.severity == Severity.RED).desc(), Flag.id.desc())
        .limit(SHOWN)
    )
    for code, name, severity, concern in session.execute(flags):
        words = {"name": name, "concern": concern.label}
        yield Risk(
            _("Red flag on %(name)s: %(concern)s", **words)
            if severity is Severity.RED
            else _("Yellow flag on %(name)s: %(concern)s", **words),
            "organisations.show",
            {"code": code},
        )


def _fast(session: Session, fund: Fund, viewer: Viewer, on: date) -> Iterator[Risk]:
    """Running grants whose reports spent much more of the money than of the time has passed."""
    if not viewer.may(Permission.REPORT_SEE, Scope(fund.id)):
        return
    spent = (
        select(func.coalesce(func.sum(Report.spent_minor), 0))
        .where(Report.award_id == Award.id, Report.state.in_(SENT))
        .correlate(Award)
        .scalar_subquery()
    )
    days, passed = Award.ends_on - Award.starts_on + 1, on - Award.starts_on + 1
    lead = 100 * spent * days - Award.amount_minor * (100 * passed + AHEAD * days)
    running = for_viewer(viewer).where(
        Award.fund_id == fund.id,
        Award.state == AwardState.AGREED,
        Award.starts_on <= on,
        Award.ends_on >= on,
        lead >= 0,
    )
    found = running.add_columns(spent).order_by(Award.ends_on, Award.id).limit(SHOWN)
    for award, minor in session.execute(found).unique():
        time = ((on - award.starts_on).days + 1) / ((award.ends_on - award.starts_on).days + 1)
        yield Risk(
            _(
                "%(name)s: %(money)s of the money spent in %(time)s of the time",
                name=f"\u2068{award.organisation.name}\u2069",
                money=percent(int(minor) / award.amount_minor).striptags(),
                time=percent(time).striptags(),
            ),
            "agreements.show",
            {"reference": award.reference},
        )
