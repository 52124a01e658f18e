"""The panel of risks: flags where a grant runs, and money that runs out early."""

from datetime import UTC, date, datetime, time, timedelta

from grants.core.kernel import clock
from grants.core.people.queries import viewer_of
from grants.desk.dashboards.risks import concerns_of, risks_of
from grants.granting.reporting.service import submit
from grants.integrity.risk.models import Concern, Severity
from grants.integrity.risk.service import Raised, raise_flag
from tests.factories import act_of
from tests.grants import Scene, report_content
from tests.platform.web.client import SignInAs


def told(scene: Scene, on: date | None = None) -> list[str]:
    person = viewer_of(scene.session, scene.people.manager.id)
    assert person is not None
    day = on or clock.today()
    with clock.at(datetime.combine(day, time(12), UTC)):
        concerns = concerns_of(scene.session, scene.fund, day)
        found = risks_of(scene.session, scene.fund, concerns, person)
    return [one.text for one in found if one.endpoint != "outlook.unknown"]


def test_a_flag_counts_while_a_grant_runs_and_a_red_one_comes_first(
    scene: Scene, sign_in_as: SignInAs
) -> None:
    officer = act_of(scene.session, scene.people.officer)
    for severity in (Severity.RED, Severity.YELLOW, Severity.OBSERVATION):
        about = Raised(severity, Concern.FINANCE, "Receipts are missing.")
        if severity is not Severity.RED:
            raise_flag(scene.session, scene.organisation, scene.fund, about, officer)
    assert told(scene) == [], "the grant does not run yet"
    scene.run()
    name = scene.organisation.name
    assert told(scene) == [f"Yellow flag on {name}: Financial management"]
    red = Raised(Severity.RED, Concern.DELIVERY, "Nobody was helped.")
    raise_flag(scene.session, scene.organisation, scene.fund, red, officer)
    assert told(scene)[0] == f"Red flag on {name}: Delivery and reporting"
    scene.session.commit()
    page = sign_in_as(scene.people.manager).get(f"/dashboard/{scene.fund.code}").text
    assert f"Red flag on {name}" in page


def test_money_that_is_spent_much_faster_than_time_passes_is_a_risk(scene: Scene) -> None:
    running = scene.run()
    award, report = running.award, running.reports[0]
    assert told(running, award.starts_on) == []
    content = report_content(running.session, report, "16000")
    submit(running.session, report, content, act_of(running.session, running.people.grantee))
    days = (award.ends_on - award.starts_on).days + 1
    half = award.starts_on + timedelta(days=days // 2 - 1)
    assert told(running, half) == [
        f"\u2068{running.organisation.name}\u2069: 80% of the money spent in 50% of the time"
    ]
    assert told(running, half + timedelta(days=days // 10)) == [], "twenty points are no concern"
    assert told(running, award.ends_on + timedelta(days=1)) == [], "the time is over"
