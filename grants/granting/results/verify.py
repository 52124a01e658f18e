"""Are the people that are kept those of accepted reports? `flask ledger verify` asks it."""

from collections.abc import Callable, Iterator

from sqlalchemy import text
from sqlalchemy.orm import Session

from grants.core.kernel.language import gettext as _

TRIGGERS = {"report_counted": "report", "people_counted_kept": "people_counted"}
"""What keeps the counts, and of which table."""


def people_are_those_of_accepted_reports(session: Session) -> Iterator[str]:
    """Each count of a fund and year is the sum of what its accepted reports say."""
    rows = session.execute(
        text(
            "WITH told AS (SELECT fund_id, extract(year FROM covers_to)::int AS year, one.kind,"
            "   one.code, one.detail, sum(one.people) AS people"
            "   FROM report JOIN award ON award.id = award_id, people_in_report(report) one"
            "   WHERE report.state = 'accepted' GROUP BY 1, 2, 3, 4, 5)"
            " SELECT DISTINCT fund.code, year FROM told"
            " FULL JOIN people_counted kept USING (fund_id, year, kind, code, detail)"
            " JOIN fund ON fund.id = fund_id"
            " WHERE coalesce(told.people, 0) <> coalesce(kept.people, 0) ORDER BY 1, 2"
        )
    )
    for fund, year in rows:
        yield _(
            "The stored counts of people do not match the accepted reports (%(fund)s, %(year)s).",
            fund=fund,
            year=year,
        )


CHECKS: list[Callable[[Session], Iterator[str]]] = [people_are_those_of_accepted_reports]
