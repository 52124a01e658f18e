"""The people of a fund are those that its accepted reports count, whatever becomes of a report."""

from sqlalchemy import select, text

from grants.granting.reporting.models import Report
from grants.granting.reporting.queries import reports_of
from grants.granting.results.queries import people_reached, years_with_results
from tests.grants import Scene, an_accepted_report, once_ended

CHANGES = (
    """UPDATE report SET beneficiaries = '{"female": {"25-59": 40}, "male": {"25-59": 2}}',
        exploitation = '{"labour": 42}', services = '{}' WHERE id = :id""",
    "UPDATE report SET covers_from = covers_from - 400, covers_to = covers_to - 400 WHERE id = :id",
)


def test_people_are_those_of_accepted_reports_by_the_year_they_end_in(scene: Scene) -> None:
    session = scene.session
    assert years_with_results(session, scene.fund) == []
    scene.run()
    report, *_others = reports_of(session, scene.award.id)
    an_accepted_report(session, report, scene.people)
    session.flush()
    with once_ended(report):
        assert years_with_results(session, scene.fund) == [report.covers_to.year]
    session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
    session.execute(text("ALTER TABLE report DISABLE TRIGGER report_kept"))  # who is past all rules
    for change in CHANGES:
        session.execute(text(change), {"id": report.id})
        session.expire_all()
    year = session.scalars(select(Report.covers_to).where(Report.id == report.id)).one().year
    assert years_with_results(session, scene.fund) == [year]
    assert people_reached(session, scene.fund).total == 42
    session.execute(text("UPDATE report SET state = 'submitted' WHERE id = :id"), {"id": report.id})
    assert years_with_results(session, scene.fund) == []
    assert not people_reached(session, scene.fund).total
