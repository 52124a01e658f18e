"""The results of a call: checked as the public will read them, then published."""

import re
from datetime import timedelta

import pytest
from lxml import html
from sqlalchemy.orm import Session

from grants.applying.applications.models import Application
from grants.applying.calls.service import close_call
from grants.applying.calls.workflow import CallState
from grants.core.audit.queries import trail_of
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.errors import DomainError
from grants.deciding.announcements.announcing import outcome_of, publish, to_publish_count
from grants.deciding.awards.models import Award
from grants.deciding.awards.service import approve, cancel_award
from tests.deciding.awards.test_deciding import viewer
from tests.factories import (
    Team,
    a_closed_call,
    a_submitted_application,
    act_of,
    an_award,
    an_organisation,
    money_for_awards,
    terms_for,
)
from tests.platform.web.client import SignInAs, StrictClient


@pytest.fixture
def award(session: Session, fund: Fund, team: Team) -> Award:
    """The one award of a call that is closed."""
    money_for_awards(session, fund)
    call = a_closed_call(session, fund)
    award = an_award(session, a_submitted_application(session, call), team)
    call.deadline_at = clock.now() - timedelta(hours=1)
    close_call(session, call, act_of(session, team.manager))
    return award


def application_of(award: Award) -> Application:
    assert award.application is not None
    return award.application


def page_of(award: Award) -> str:
    return f"/calls/{application_of(award).call.reference}"


@pytest.fixture
def manager(session: Session, team: Team, award: Award, sign_in_as: SignInAs) -> StrictClient:
    session.commit()
    return sign_in_as(team.manager)


def test_the_public_reads_what_the_manager_checked(
    session: Session, award: Award, manager: StrictClient, client: StrictClient
) -> None:
    path = page_of(award)
    assert award.organisation.name not in client.get(path).text
    checked = manager.get(f"{path}/publish").text
    assert award.organisation.name in checked
    assert manager.submit(f"{path}/publish").location == path
    public = client.get(path).text
    assert award.organisation.name in public
    assert award.title in public
    assert _rows_of(checked) == _rows_of(public), "exactly what was shown"


def _rows_of(page: str) -> list[str]:
    return [
        " ".join(row.text_content().split())
        for row in html.fromstring(page).xpath("(//table)[1]//tr")
    ]


def test_each_grant_in_the_results_leads_to_its_page(
    award: Award, manager: StrictClient, client: StrictClient
) -> None:
    path = page_of(award)
    assert _links_in(manager.get(f"{path}/publish").text) == [], "nothing is public yet"
    manager.submit(f"{path}/publish")
    (named,) = _links_in(client.get(path).text)
    assert award.organisation.name in client.get(named).text
    told = {"unnamed": str(award.id), "shown": str(award.id), "reason": "Threats."}
    manager.submit(f"{path}/publish", told)
    (withheld,) = _links_in(client.get(path).text)
    assert award.organisation.name not in client.get(withheld).text


def _links_in(page: str) -> list[str]:
    """Where the rows of the tables lead."""
    return [str(link) for link in html.fromstring(page).xpath("//main//tr//a/@href")]


def test_an_organisation_at_risk_is_published_with_its_region_alone(
    session: Session, award: Award, manager: StrictClient, client: StrictClient
) -> None:
    path = f"{page_of(award)}/publish"
    unseen = manager.submit(path, {"unnamed": str(award.id)})
    assert unseen.status_code == 200, "shown again first: the page above named it"
    assert application_of(award).call.state is CallState.CLOSED
    assert "Latin American" in unseen.text
    seen = {"unnamed": str(award.id), "shown": str(award.id)}
    assert manager.submit(path, seen).status_code == 302
    public = client.get(page_of(award)).text
    assert award.organisation.name not in public
    public = public[public.index("<table") : public.index("</table>")]
    public = re.sub(r'href="[^"]*"', "", public)
    for hidden in (award.title, "Honduras", award.reference):
        assert hidden not in public
    assert "Latin American" in public
    assert "15,000.00" in public


def test_a_name_can_be_taken_back_for_a_reason(
    session: Session, award: Award, manager: StrictClient, client: StrictClient, team: Team
) -> None:
    path = f"{page_of(award)}/publish"
    manager.submit(path)
    told = {"unnamed": str(award.id), "shown": str(award.id)}
    assert manager.submit(path, told).status_code == 200, "no reason"
    assert manager.submit(path, {**told, "reason": "Threats."}).status_code == 302
    assert award.organisation.name not in client.get(page_of(award)).text
    last = trail_of(session, "call", application_of(award).call_id)[-1]
    assert (last.action, last.reason) == ("change_results", "Threats.")
    assert last.facts["unnamed"] == [award.reference]


def test_results_wait_until_every_application_is_decided(
    session: Session, award: Award, team: Team
) -> None:
    call, manager = application_of(award).call, act_of(session, team.manager)
    assert session.scalar(to_publish_count(viewer(session, team.manager))) == 1
    assert session.scalar(to_publish_count(viewer(session, team.officer))) == 0
    a_submitted_application(session, call, an_organisation(session, "Brisa"))
    assert session.scalar(to_publish_count(viewer(session, team.manager))) == 0
    with pytest.raises(DomainError, match="1 application is not decided yet"):
        publish(session, call, (), manager)


def test_an_award_that_came_later_is_not_public_before_it_is_checked(
    session: Session, award: Award, team: Team
) -> None:
    application, manager = application_of(award), act_of(session, team.manager)
    call = application.call
    publish(session, call, (), manager)
    assert session.scalar(to_publish_count(viewer(session, team.manager))) == 0
    assert len(outcome_of(session, call).awards) == 1
    cancel_award(session, award, act_of(session, team.approver, "The wrong period."))
    assert outcome_of(session, call).awards == []
    terms = terms_for(session, application)
    approve(session, application, terms, act_of(session, team.approver))
    assert outcome_of(session, call).awards == []
    assert session.scalar(to_publish_count(viewer(session, team.manager))) == 1
    publish(session, call, (), act_of(session, team.manager, "Awarded again."))
    assert len(outcome_of(session, call).awards) == 1
