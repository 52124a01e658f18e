"""People of a fund are those whom its published editions count, whatever becomes of a report."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from grants.granting.results.editions import people_reached
from grants.granting.results.queries import years_with_results
from tests.grants import Scene, an_accepted_report, once_ended, publish_results

CHANGES = (
    "UPDATE results_edition SET counts = '{}'",
    "DELETE FROM edition_report",
)


def test_people_are_those_of_published_reports_by_the_year_they_end_in(scene: Scene) -> None:
    session = scene.session
    assert years_with_results(session, scene.fund) == []
    report, *_others = scene.run().reports
    with once_ended(report):
        an_accepted_report(session, report, scene.people)
        assert years_with_results(session, scene.fund) == []
        publish_results(session, scene.fund, scene.people)
        assert years_with_results(session, scene.fund) == [report.covers_to.year]
        assert people_reached(session, scene.fund).total == 14


@pytest.mark.parametrize("change", CHANGES)
def test_what_was_published_is_never_changed(scene: Scene, change: str) -> None:
    report, *_others = scene.run().reports
    with once_ended(report):
        an_accepted_report(scene.session, report, scene.people)
        publish_results(scene.session, scene.fund, scene.people)
    with pytest.raises(DBAPIError, match="never changed or deleted"):
        scene.session.execute(text(change))
