"""A person who is asked to review, and has not denied a conflict of interest, gets nothing."""

import pytest
from sqlalchemy.orm import Session

from grants.applying.applications import queries
from grants.applying.applications.models import Application
from grants.core.funds.models import Fund
from grants.core.people.permissions import Role
from grants.core.people.service import appoint
from grants.deciding.reviews.service import assign, declare_no_conflict, recuse
from tests.factories import a_call, a_submission, a_team, act_of, eligible
from tests.platform.web.client import SignInAs, StrictClient


@pytest.fixture
def application(session: Session, fund: Fund) -> Application:
    return a_submission(session, a_call(session, fund))


def reached(browser: StrictClient, application: Application, file_id: int) -> list[str]:
    """Every address at which this browser gets something of the application."""
    found = []
    for path in (
        f"/applications/{application.reference}",
        f"/applications/{application.reference}/files/{file_id}",
        f"/documents/submission/{application.reference}.pdf",
        "/applications",
        f"/applications?q={application.reference}",
        "/applications?format=csv",
    ):
        with browser.get(path) as answer:
            shown = answer.status_code == 200 and (
                answer.mimetype not in ("text/html", "text/csv")
                or application.organisation.name in answer.get_data(as_text=True)
            )
        if shown:
            found.append(path)
    return found


def test_the_file_opens_with_the_declaration_and_shuts_with_the_conflict(
    session: Session, sign_in_as: SignInAs, application: Application
) -> None:
    """A reviewer who becomes an officer of the secretariat later does not get round the gate."""
    team = a_team(session)
    both = team.reviewers[0]
    eligible(session, application, team)
    file_id = queries.files_of(session, application.id)[0].id
    first, _second = assign(session, application, team.reviewers, act_of(session, team.officer))
    browser = sign_in_as(both)
    assert reached(browser, application, file_id) == []
    appoint(session, both, Role.PROGRAMME_OFFICER)
    session.commit()
    assert reached(browser, application, file_id) == []
    declare_no_conflict(session, first, act_of(session, both))
    session.commit()
    assert len(reached(browser, application, file_id)) == 6
    recuse(session, first, act_of(session, both, "My sister works there."))
    session.commit()
    assert reached(browser, application, file_id) == []
    assert len(reached(sign_in_as(team.manager), application, file_id)) == 6
