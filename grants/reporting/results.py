"""People reached by a fund’s grants, as the public may know it: no small count, no name."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Integer, Select, cast, func, select, true
from sqlalchemy.orm import Session

from grants.awards.models import Award
from grants.funds.models import Fund
from grants.kernel.taxonomies import AgeBand, Exploitation, Service, Sex, Term
from grants.reporting.models import Report
from grants.reporting.suppression import Published, publishable
from grants.reporting.workflow import ReportState


@dataclass(frozen=True, slots=True)
class PeopleReached:
    """From accepted reports, each person once. None stands for a count that is withheld."""

    by_sex: Published
    by_age: Published
    by_form: Published
    services: Mapping[str, int | None]
    """People may use several services, in several periods: no total."""
    smallest: int
    """Counts below it are withheld."""

    @property
    def total(self) -> int | None:
        return self.by_sex.total


def people_reached(session: Session, fund: Fund) -> PeopleReached:
    """All people reached since the fund began, with every table safe to publish."""
    beneficiaries = _beneficiaries(session, fund.id)
    smallest = fund.smallest_count

    def of(kind: type[Term], counts: Mapping[str, int]) -> Published:
        return publishable({term.value: counts.get(term.value, 0) for term in kind}, smallest)

    services = _counted(session, fund.id, Report.services)
    return PeopleReached(
        by_sex=of(Sex, _summed(beneficiaries, 0)),
        by_age=of(AgeBand, _summed(beneficiaries, 1)),
        by_form=of(Exploitation, _counted(session, fund.id, Report.exploitation)),
        services={
            term.value: count if (count := services.get(term.value, 0)) >= smallest else None
            for term in Service
        },
        smallest=smallest,
    )


def _summed(beneficiaries: Mapping[tuple[str, str], int], at: int) -> dict[str, int]:
    sums: dict[str, int] = {}
    for key, count in beneficiaries.items():
        sums[key[at]] = sums.get(key[at], 0) + count
    return sums


def _accepted(fund_id: int, *columns: Any) -> Select[Any]:
    return (
        select(*columns)
        .select_from(Report)
        .join(Report.award)
        .where(Award.fund_id == fund_id, Report.state == ReportState.ACCEPTED)
    )


def _beneficiaries(session: Session, fund_id: int) -> dict[tuple[str, str], int]:
    sexes = func.jsonb_each(Report.beneficiaries).table_valued("key", "value").lateral("sexes")
    bands = func.jsonb_each_text(sexes.c.value).table_valued("key", "value").lateral("bands")
    count = func.sum(cast(bands.c.value, Integer))
    query = _accepted(fund_id, sexes.c.key, bands.c.key, count)
    query = query.join(sexes, onclause=true()).join(bands, onclause=true())
    rows = session.execute(query.group_by(sexes.c.key, bands.c.key))
    return {(sex, band): int(people) for sex, band, people in rows}


def _counted(session: Session, fund_id: int, column: Any) -> dict[str, int]:
    each = func.jsonb_each_text(column).table_valued("key", "value").lateral("each")
    query = _accepted(fund_id, each.c.key, func.sum(cast(each.c.value, Integer)))
    rows = session.execute(query.join(each, onclause=true()).group_by(each.c.key))
    return {code: int(people) for code, people in rows}
