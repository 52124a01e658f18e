"""A grantee opens another section of a returned report, where the correction belongs."""

import pytest

from grants.core.kernel.errors import Conflict, DomainError, Forbidden
from grants.granting.reporting.opening import open_section, sections_to_open
from grants.granting.reporting.returned import corrections_of
from grants.granting.reporting.service import accept, send_back
from grants.granting.reporting.workflow import PartAnswer, ReportPart, ReportState
from tests.factories import act_of
from tests.granting.reporting.test_reports import send
from tests.grants import Scene
from tests.platform.web.client import SignInAs

WHY = "The name stands in this section."


def test_it_is_corrected_like_a_returned_one(running: Scene) -> None:
    session, report, people = running.session, send(running), running.people
    grantee = act_of(session, people.grantee, WHY)
    with pytest.raises(Conflict):
        open_section(session, report, "story", grantee)
    send_back(session, report, {"people": "Remove the name."}, act_of(session, people.officer))
    with pytest.raises(Forbidden):
        open_section(session, report, "story", act_of(session, people.officer, WHY))
    with pytest.raises(DomainError):
        open_section(session, report, "story", act_of(session, people.grantee))
    open_section(session, report, "story", grantee)
    assert corrections_of(session, report) == {"people": "Remove the name.", "story": WHY}
    with pytest.raises(Conflict):
        open_section(session, report, "story", grantee)
    open_section(session, report, "money", grantee)
    assert report.finances_answer is PartAnswer.RETURNED
    send(running)
    assert (report.state, report.finances_answer) == (ReportState.SUBMITTED, PartAnswer.NONE)


def test_what_the_fund_has_accepted_stays_shut(running: Scene) -> None:
    session, report, people = running.session, send(running), running.people
    send_back(session, report, {"story": "More."}, act_of(session, people.officer))
    accept(session, report, ReportPart.FINANCES, act_of(session, people.finance))
    assert "money" not in {section.key for section in sections_to_open(session, report)}
    with pytest.raises(Conflict):
        open_section(session, report, "money", act_of(session, people.grantee, WHY))


def test_it_is_opened_on_a_page(running: Scene, sign_in_as: SignInAs) -> None:
    session, report = running.session, send(running)
    send_back(session, report, {"people": "Name."}, act_of(session, running.people.officer))
    session.commit()
    page = f"/grants/{running.award.reference}/reports/{report.number}"
    grantee = sign_in_as(running.people.grantee)
    assert f"{page}/open-section" in grantee.get(page).text
    grantee.submit(f"{page}/open-section", {"section": "story", "reason": WHY})
    assert WHY in grantee.get(page).text
