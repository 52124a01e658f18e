"""A call on which nothing is left to decide goes to the archive, and can be brought back."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from grants.applying.applications.models import Application
from grants.applying.applications.workflow import ApplicationState
from grants.applying.call_changes.stages import add_second_stage
from grants.applying.calls.models import Call
from grants.applying.calls.queries import listed_calls, past_calls
from grants.applying.calls.service import close_call, open_call
from grants.applying.calls.workflow import CallState
from grants.applying.submissions.service import withdraw_call
from grants.core.audit.queries import trail_of
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.errors import Conflict, DomainError, Forbidden
from grants.deciding.announcements.announcing import outcome_of, publish, to_publish_count
from grants.deciding.announcements.archiving import archive, bring_back, still_open
from grants.deciding.awards.models import Award
from grants.deciding.decisions.inviting import invite, not_invite
from tests.deciding.awards.test_deciding import viewer
from tests.factories import (
    Team,
    a_call,
    a_closed_call,
    a_draft_call,
    a_submitted_application,
    act_of,
    an_award,
    eligible,
    money_for_awards,
)
from tests.grants import a_closed_grant, grant_people
from tests.platform.web.client import SignInAs, StrictClient


@pytest.fixture
def award(session: Session, fund: Fund, team: Team) -> Award:
    """The one award of a call whose results are published."""
    money_for_awards(session, fund)
    call = a_closed_call(session, fund)
    award = an_award(session, a_submitted_application(session, call), team)
    call.deadline_at = clock.now() - timedelta(hours=1)
    close_call(session, call, act_of(session, team.manager))
    publish(session, call, (), act_of(session, team.manager))
    return award


@pytest.fixture
def call(session: Session, award: Award) -> Call:
    """The call, its one grant closed."""
    a_closed_grant(session, award, grant_people(session, award.organisation))
    assert isinstance(award.application, Application)
    return award.application.call


@pytest.fixture
def withdrawn(session: Session, fund: Fund, team: Team) -> Call:
    call = a_call(session, fund)
    withdraw_call(session, call, act_of(session, team.manager, "No money."))
    return call


@pytest.fixture
def manager(session: Session, team: Team, call: Call, sign_in_as: SignInAs) -> StrictClient:
    session.commit()
    return sign_in_as(team.manager)


def test_an_archived_call_leaves_the_lists_and_comes_back_to_them(
    session: Session, call: Call, team: Team
) -> None:
    act = act_of(session, team.manager)
    person = viewer(session, team.manager)

    def seen() -> list[list[Call]]:
        lists = past_calls(clock.now()), listed_calls(person), listed_calls(person, archived=True)
        return [list(session.scalars(query)) for query in lists]

    assert seen() == [[call], [call], []]
    archive(session, call, act)
    assert call.state is CallState.ARCHIVED
    assert seen() == [[], [], [call]]
    bring_back(session, call, act)
    assert (call.state, call.archived_as) == (CallState.PUBLISHED, None)
    assert seen() == [[call], [call], []]
    actions = [row.action for row in trail_of(session, "call", call.id)]
    assert actions[-2:] == ["archive", "bring_back"]


def test_a_withdrawn_call_is_withdrawn_again_when_it_is_brought_back(
    session: Session, withdrawn: Call, team: Team, client: StrictClient
) -> None:
    act = act_of(session, team.manager)
    archive(session, withdrawn, act)
    session.commit()
    assert not withdrawn.has_published_results
    assert "No money." in client.get(f"/calls/{withdrawn.reference}").text
    bring_back(session, withdrawn, act)
    assert withdrawn.state is CallState.WITHDRAWN


def test_only_a_call_that_is_over_is_archived_and_only_an_archived_one_brought_back(
    session: Session, fund: Fund, call: Call, team: Team
) -> None:
    act = act_of(session, team.manager)
    with pytest.raises(Conflict):
        archive(session, a_call(session, fund), act)
    with pytest.raises(Conflict):
        bring_back(session, call, act)
    archive(session, call, act)
    with pytest.raises(Conflict):
        archive(session, call, act)


def test_only_who_opens_calls_archives_them(session: Session, call: Call, team: Team) -> None:
    for person in (team.officer, team.approver):
        with pytest.raises(Forbidden):
            archive(session, call, act_of(session, person))
    archive(session, call, act_of(session, team.manager))
    with pytest.raises(Forbidden):
        bring_back(session, call, act_of(session, team.officer))


def test_a_call_with_a_running_grant_is_not_archived(
    session: Session, award: Award, team: Team
) -> None:
    assert award.application
    with pytest.raises(DomainError, match="1 grant of the call is not closed yet"):
        archive(session, award.application.call, act_of(session, team.manager))
    assert award.application.call.state is CallState.PUBLISHED


def test_a_call_is_not_archived_while_something_is_to_be_decided_or_published(
    session: Session, award: Award, call: Call, team: Team
) -> None:
    award.announced = None
    a_submitted_application(session, call)
    assert [said.split(" ", 2)[1] for said in still_open(session, call)] == ["application", "grant"]
    with pytest.raises(DomainError, match="not decided yet, or is on the reserve list"):
        archive(session, call, act_of(session, team.manager))


def test_results_stay_published_and_the_record_stays_readable(
    session: Session, award: Award, call: Call, team: Team, client: StrictClient
) -> None:
    path = f"/calls/{call.reference}"
    session.commit()
    before = client.get(path).text
    assert award.organisation.name in before
    archive(session, call, act_of(session, team.manager))
    session.commit()
    assert client.get(path).text == before, "to the letter"
    assert len(outcome_of(session, call).awards) == 1
    assert f">{call.reference}<" not in client.get("/calls").text
    assert session.scalar(to_publish_count(viewer(session, team.manager))) == 0


def test_the_manager_archives_a_call_and_finds_it_again(
    session: Session, call: Call, manager: StrictClient
) -> None:
    path = f"/calls/{call.reference}"
    assert f"{path}/archive" in manager.get(path).text
    assert manager.submit(f"{path}/archive").location == path
    assert f"{path}/bring-back" in manager.get(path).text
    assert f'href="{path}"' not in manager.get("/calls/manage").text
    assert f'href="{path}"' in manager.get("/calls/manage?archived=yes").text
    assert manager.submit(f"{path}/bring-back").location == path
    assert f'href="{path}"' in manager.get("/calls/manage").text


def test_the_page_says_what_keeps_a_call_from_the_archive(
    session: Session, award: Award, team: Team, sign_in_as: SignInAs
) -> None:
    assert award.application
    path = f"/calls/{award.application.call.reference}/archive"
    session.commit()
    page = sign_in_as(team.manager).get(path).text
    assert "1 grant of the call is not closed yet." in page
    assert "Archive the call</button>" not in page


def test_no_organisation_is_invited_from_the_archive(
    session: Session, fund: Fund, team: Team, sign_in_as: SignInAs
) -> None:
    by = act_of(session, team.manager, "Too late.")
    first = a_draft_call(session, fund, reviewers=0)
    add_second_stage(session, first, by)
    open_call(session, first, by)
    first.opens_at -= timedelta(days=2)
    note = eligible(session, a_submitted_application(session, first), team)
    not_invite(session, note, by)
    first.deadline_at = clock.now() - timedelta(hours=1)
    close_call(session, first, by)
    publish(session, first, (), by)
    session.commit()
    path = f"/decisions/{note.reference}"
    browser = sign_in_as(team.manager)
    assert f"{path}/invite" in browser.get(path).text
    archive(session, first, by)
    session.commit()
    assert f"{path}/invite" not in browser.get(path).text
    assert "bring it back first" in browser.get(f"{path}/invite").text
    with pytest.raises(Conflict, match="bring it back first"):
        invite(session, note, by)
    bring_back(session, first, by)
    invite(session, note, by)
    assert note.state is ApplicationState.INVITED
