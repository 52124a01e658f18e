"""Publishing what grants achieved, edition by edition."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.audit.advance import record
from grants.core.funds.models import Fund
from grants.core.kernel.errors import Conflict, DomainError
from grants.core.kernel.language import gettext as _
from grants.core.people.permissions import Permission
from grants.core.people.viewer import Scope
from grants.granting.reporting.models import Report
from grants.granting.results.counting import count_unpublished, unpublished
from grants.granting.results.editions import Edition, counts_to_publish, editions_of
from grants.granting.results.models import EditionReport, ResultsEdition


@dataclass(frozen=True, slots=True)
class NextEdition:
    """What an edition would add, if it were published now."""

    fund: Fund
    number: int
    reports: Sequence[Report]
    """Those it counts, in the order of their numbers in the database."""
    people: int
    """Counted by them, each once; for the fund's own people only."""
    earlier: Sequence[Edition]
    counts: Edition

    @property
    def scope(self) -> Scope:
        return Scope(self.fund.id)

    @property
    def years(self) -> list[int]:
        """The years of its reports, the newest first."""
        return sorted({report.covers_to.year for report in self.reports}, reverse=True)

    @property
    def fingerprint(self) -> str:
        """Changes when another report is accepted, or another edition published."""
        newest = max((report.id for report in self.reports), default=0)
        return f"{self.number}-{len(self.reports)}-{newest}"


def next_edition(session: Session, fund: Fund) -> NextEdition:
    """The edition that can be published now, perhaps of no reports."""
    earlier = editions_of(session, fund)
    counted = count_unpublished(session, fund.id)
    return NextEdition(
        fund,
        len(earlier) + 1,
        session.scalars(unpublished(fund.id, Report).order_by(Report.id)).all(),
        counted.people,
        [edition.counts for edition in earlier],
        counts_to_publish(counted, fund.smallest_count),
    )


def require_publishable(edition: NextEdition) -> None:
    """DomainError while there is nothing, or there are too few people, to publish."""
    if not edition.reports:
        raise DomainError(_("Every accepted report is already in the published results."))
    smallest = edition.fund.smallest_count
    if edition.people < smallest:
        raise DomainError(
            _(
                "The reports waiting to be published count fewer than %(smallest)s "
                "people. Publish when more reports have been accepted.",
                smallest=smallest,
            )
        )


def publish_edition(
    session: Session, fund: Fund, act: Act, *, seen: str | None = None
) -> ResultsEdition:
    """The people of all accepted reports that no edition counts become public, for good.

    `seen` is the fingerprint of what a person looked at: Conflict if there is more now.
    """
    act.demand(Permission.RESULTS_PUBLISH, Scope(fund.id))
    session.execute(select(Fund.id).where(Fund.id == fund.id).with_for_update(key_share=True))
    prepared = next_edition(session, fund)
    if seen is not None and seen != prepared.fingerprint:
        raise Conflict(_("More reports have been accepted since. Check the figures again."))
    require_publishable(prepared)
    edition = ResultsEdition(
        fund_id=fund.id, number=prepared.number, published_at=act.at, counts=dict(prepared.counts)
    )
    session.add(edition)
    session.flush()
    session.add_all(
        EditionReport(report_id=report.id, edition_id=edition.id) for report in prepared.reports
    )
    record(session, edition, "publish_edition", act, reports=len(prepared.reports))
    return edition
