"""What may go wrong with the running grants of a fund, each with the page that shows it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import BigInteger, Date, Select, bindparam, func, select
from sqlalchemy.orm import Session

from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import ngettext
from grants.core.people.models import Organisation
from grants.core.people.permissions import Permission
from grants.core.people.viewer import Scope, Viewer
from grants.core.texts.formats import percent
from grants.deciding.awards.examined import Unknown, is_examined, is_rated, is_verified
from grants.deciding.awards.models import Award
from grants.deciding.awards.queries import for_viewer
from grants.granting.reporting.models import Report
from grants.granting.reporting.workflow import SENT
from grants.integrity.risk.models import Concern, Flag, Severity
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


@dataclass(frozen=True, slots=True)
class Concerns:
    """What may go wrong in a fund, before it is asked who may know of it."""

    flags: Sequence[tuple[str, str, Severity, Concern]]
    """Organisations with a running grant on which a yellow or a red flag is raised: code, name,
    and the flag. Red ones first, then the newest.
    """
    fast: Sequence[int]
    """Running grants whose reports spent much more of the money than of the time has passed."""


def concerns_of(session: Session, fund: Fund, on: date) -> Concerns:
    """What may go wrong in a fund on a day."""
    flags = [
        (code, name, Severity(level), Concern(kind))
        for code, name, level, kind in session.execute(_FLAGS, {"fund_id": fund.id})
    ]
    return Concerns(flags, session.scalars(_FAST, {"fund_id": fund.id, "on": on}).all())


def risks_of(session: Session, fund: Fund, concerns: Concerns, viewer: Viewer) -> list[Risk]:
    """The concerns that this person may know of: flags first, then money spent too fast, then what
    nobody knows of the grantees.
    """
    return [
        *_flag_risks(fund, concerns, viewer),
        *_spending_risks(session, fund, concerns, viewer),
        *_not_known(session, fund, viewer),
    ]


def _not_known(session: Session, fund: Fund, viewer: Viewer) -> Iterator[Risk]:
    """How many organisations with a running grant were never looked into."""
    if not viewer.may(Permission.DUE_DILIGENCE_SEE, Scope(fund.id)):
        return
    counts = (
        func.count().filter(~is_known)
        for is_known in (is_verified(), is_examined(fund), is_rated(fund))
    )
    counted = grantees(fund).order_by(None).with_only_columns(*counts)
    verified, examined, rated = (int(count) for count in session.execute(counted).one())
    texts = {
        Unknown.EXAMINATION: (examined, _not_examined),
        Unknown.VERIFICATION: (verified, _not_verified),
        Unknown.RATING: (rated, _not_rated),
    }
    for what, (count, words) in texts.items():
        if count:
            address = {"code": fund.code, "what": what.value}
            yield Risk(words(count), "outlook.unknown", address)


def _not_examined(count: int) -> str:
    return ngettext(
        "%(num)s grantee has not been examined recently",
        "%(num)s grantees have not been examined recently",
        count,
    )


def _not_verified(count: int) -> str:
    return ngettext("%(num)s grantee is not verified", "%(num)s grantees are not verified", count)


def _not_rated(count: int) -> str:
    return ngettext(
        "The risk of %(num)s grantee is not rated",
        "The risk of %(num)s grantees is not rated",
        count,
    )


def grantees(fund: Fund) -> Select[Organisation]:
    """Organisations with a running grant of a fund, by name."""
    running = select(Award.organisation_id).where(Award.fund_id == fund.id, Award.is_running)
    query = select(Organisation).where(Organisation.id.in_(running))
    return query.order_by(Organisation.name, Organisation.id)


def _flag_risks(fund: Fund, concerns: Concerns, viewer: Viewer) -> Iterator[Risk]:
    if not viewer.may(Permission.DUE_DILIGENCE_SEE, Scope(fund.id)):
        return
    for code, name, severity, concern in concerns.flags:
        words = {"name": name, "concern": concern.label}
        yield Risk(
            _("Red flag on %(name)s: %(concern)s", **words)
            if severity is Severity.RED
            else _("Yellow flag on %(name)s: %(concern)s", **words),
            "organisations.show",
            {"code": code},
        )


_FUND_ID, _ON = bindparam("fund_id", type_=BigInteger), bindparam("on", type_=Date)
_RUNNING = select(Award.organisation_id).where(Award.fund_id == _FUND_ID, Award.is_running)
_FLAGS = (
    select(Organisation.code, Organisation.name, Flag.severity, Flag.concern)
    .join(Flag, Flag.organisation_id == Organisation.id)
    .where(
        Flag.state == FlagState.RAISED,
        Flag.severity.in_((Severity.RED, Severity.YELLOW)),
        Organisation.id.in_(_RUNNING),
    )
    .order_by((Flag.severity == Severity.RED).desc(), Flag.id.desc())
    .limit(SHOWN)
)
_SENT = (
    select(func.coalesce(func.sum(Report.spent_minor), 0).label("minor"))
    .where(Report.award_id == Award.id, Report.state.in_(SENT))
    .correlate(Award)
)
"""What the reports of a grant say was spent."""


def _fast_grants() -> Select[int]:
    """Grants whose reported spending runs ahead of time. Where nothing is reported nothing is
    spent, and less is spent than time has passed.
    """
    minor = func.sum(Report.spent_minor).label("minor")
    reported = select(Report.award_id, minor).where(Report.state.in_(SENT))
    spent = reported.group_by(Report.award_id).subquery("spent")
    days, passed = Award.ends_on - Award.starts_on + 1, _ON - Award.starts_on + 1
    lead = 100 * spent.c.minor * days - Award.amount_minor * (100 * passed + AHEAD * days)
    return (
        select(Award.id)
        .join(spent, spent.c.award_id == Award.id)
        .where(
            Award.fund_id == _FUND_ID,
            Award.is_running,
            Award.starts_on <= _ON,
            Award.ends_on >= _ON,
            lead >= 0,
        )
    )


_FAST = _fast_grants()


def _spending_risks(
    session: Session, fund: Fund, concerns: Concerns, viewer: Viewer
) -> Iterator[Risk]:
    if not concerns.fast or not viewer.may(Permission.REPORT_SEE, Scope(fund.id)):
        return
    on = clock.today()
    rows = session.execute(
        for_viewer(viewer)
        .with_only_columns(
            *(Award.reference, Organisation.name, Award.starts_on, Award.ends_on),
            *(Award.amount_minor, _SENT.scalar_subquery()),
        )
        .join(Award.organisation)
        .where(Award.id.in_(concerns.fast))
        .order_by(Award.ends_on, Award.id)
        .limit(SHOWN)
    )
    for reference, name, first, last, amount, spent in rows:
        time = ((on - first).days + 1) / ((last - first).days + 1)
        yield Risk(
            _(
                "%(name)s: %(money)s of the money spent in %(time)s of the time",
                name=f"\u2068{name}\u2069",
                money=percent(int(spent) / amount).striptags(),
                time=percent(time).striptags(),
            ),
            "agreements.show",
            {"reference": reference},
        )
