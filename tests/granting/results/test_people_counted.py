"""The people of accepted reports are kept as reports are accepted, and only so."""

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from grants.granting.reporting.models import Report
from grants.granting.reporting.queries import reports_of
from grants.granting.results.models import PeopleCounted
from grants.granting.results.queries import people_reached, years_with_results
from grants.granting.results.verify import people_are_those_of_accepted_reports
from tests.grants import Scene, an_accepted_report, once_ended

ANEW = """
SELECT fund_id, extract(year FROM covers_to)::int, sex.key, band.key, sum(band.value::int)
FROM report JOIN award ON award.id = award_id, jsonb_each(beneficiaries) sex,
    jsonb_each_text(sex.value) band
WHERE report.state = 'accepted' GROUP BY 1, 2, 3, 4
"""
KEPT = "SELECT fund_id, year, code, detail, people FROM people_counted WHERE kind = 'people'"
CHANGES = (
    "UPDATE report SET state = 'submitted' WHERE id = :id",
    "UPDATE report SET state = 'accepted', narrative = 'Changed.' WHERE id = :id",
    """UPDATE report SET beneficiaries = '{"female": {"25-59": 40}, "male": {"25-59": 2}}',
        exploitation = '{"labour": 42}', services = '{}' WHERE id = :id""",
    "UPDATE report SET covers_from = covers_from - 400, covers_to = covers_to - 400 WHERE id = :id",
    "UPDATE report SET narrative = 'Changed again.' WHERE id = :id",
)


def rows(session: Session, query: str) -> set[tuple[object, ...]]:
    return {tuple(row) for row in session.execute(text(query))}


def assert_kept(session: Session) -> None:
    assert rows(session, f"{KEPT} AND people <> 0") == {
        row for row in rows(session, ANEW) if row[-1]
    }
    assert list(people_are_those_of_accepted_reports(session)) == []


def accepted(scene: Scene) -> Report:
    """The first report of a running grant, accepted."""
    scene.run()
    report, *_others = reports_of(scene.session, scene.award.id)
    an_accepted_report(scene.session, report, scene.people)
    scene.session.flush()
    return report


def test_counts_follow_a_report_whatever_writes_to_it(scene: Scene) -> None:
    session = scene.session
    assert_kept(session)
    assert rows(session, KEPT) == set()
    report = accepted(scene)
    assert_kept(session)
    assert rows(session, KEPT)
    with once_ended(report):
        assert years_with_results(session, scene.fund) == [report.covers_to.year]
    session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
    session.execute(text("ALTER TABLE report DISABLE TRIGGER report_kept"))  # who is past all rules
    for change in CHANGES:
        session.execute(text(change), {"id": report.id})
        session.expire_all()
        assert_kept(session)
    year = session.scalars(select(Report.covers_to).where(Report.id == report.id)).one().year
    assert years_with_results(session, scene.fund) == [year]
    assert people_reached(session, scene.fund).total == 42
    session.execute(text("UPDATE report SET state = 'submitted' WHERE id = :id"), {"id": report.id})
    assert_kept(session)
    assert years_with_results(session, scene.fund) == []


def test_a_count_that_was_changed_is_found_and_nobody_else_writes_one(scene: Scene) -> None:
    session = scene.session
    accepted(scene)
    for attack in (
        "UPDATE people_counted SET people = 7",
        "DELETE FROM people_counted",
        "INSERT INTO people_counted SELECT id, 2026, 'report', '', '', 1 FROM fund",
        "SELECT count_people(report, 1) FROM report",
    ):
        with pytest.raises(DBAPIError), session.begin_nested():
            session.execute(text(attack))
    session.execute(text("SET session_replication_role = replica"))
    session.execute(text("UPDATE people_counted SET people = people + 1"))
    session.execute(text("SET session_replication_role = origin"))
    (found,) = people_are_those_of_accepted_reports(session)
    assert found.startswith("The stored counts of people do not match")
    assert session.scalars(select(PeopleCounted)).all()
