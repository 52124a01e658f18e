"""What the list of reports reads of each: facts for its cells and files."""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.money import Money, usd
from grants.core.kernel.workflow import StateName
from grants.core.people.models import Organisation
from grants.deciding.awards.models import Award
from grants.granting.reporting.models import Report, ReportKind
from grants.granting.reporting.workflow import ReportState, name_of
from grants.platform.tables.facts import Facts


class ListedReport(NamedTuple):
    """What the list knows of a report."""

    id: int
    number: int
    kind: ReportKind
    state: ReportState
    due_on: date
    covers_from: date
    covers_to: date
    people: int
    grant: str
    country: str | None
    organisation: str
    spent: Money | None
    submitted_on: date | None
    """Where the fund is."""
    today: date
    """Where the fund is."""

    @property
    def name(self) -> StateName:
        """The state in words."""
        return name_of(self.state, self.due_on, self.today)


def _listed_report(*facts: Any) -> ListedReport:
    *values, spent, submitted_at, zone, today = facts
    if submitted_at is None:
        return ListedReport._make((*values, None, None, today))
    day = clock.day_of(submitted_at, ZoneInfo(zone))
    return ListedReport._make((*values, usd(spent), day, today))


def _local_days(rows: Sequence[tuple[Any, ...]]) -> list[date]:
    todays = {zone: clock.today(ZoneInfo(zone)) for zone in {row[-1] for row in rows}}
    return [todays[row[-1]] for row in rows]


FACTS = Facts(
    (
        *(Report.id, Report.number, Report.kind, Report.state, Report.due_on),
        *(Report.covers_from, Report.covers_to, Report.people),
        *(Award.reference, Award.country, Organisation.name, Report.spent_minor),
        *(Report.submitted_at, Fund.time_zone),
    ),
    _listed_report,
    lambda query: query.join(Fund, Fund.id == Award.fund_id),
    _local_days,
    once=True,
)
