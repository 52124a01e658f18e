"""Role × state × act: who may take which step of an application's decision, and from where."""

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from grants.applying.applications.models import Application
from grants.applying.applications.workflow import APPLICATION, ApplicationState
from grants.core.audit.act import Act
from grants.core.audit.advance import advance
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.errors import Conflict, Forbidden
from grants.core.kernel.money import usd
from grants.core.people.models import Person
from grants.core.people.permissions import OUTSIDE, Role
from grants.deciding.awards.queries import award_of
from grants.deciding.awards.service import Terms, approve, cancel_award, reject
from grants.deciding.board.models import Endorsement
from grants.deciding.board.queries import recommendation_for
from grants.deciding.board.service import (
    BoardAdvice,
    Proposal,
    Votes,
    keep_in_reserve,
    not_recommend,
    recommend,
    record_advice,
    revise,
)
from grants.deciding.decisions.inviting import invite, not_invite
from grants.deciding.reviews.service import assign
from grants.deciding.screening.service import Answer, decide
from tests.factories import (
    Team,
    a_closed_call,
    a_draft_call,
    a_submitted_application,
    a_team,
    act_of,
    advised,
    an_award,
    an_organisation,
    assigned,
    eligible,
    member,
    money_for_awards,
    reviewed,
    staff,
    terms_for,
)

S, R = ApplicationState, Role
Matrix = dict[str, tuple[set[Role], set[ApplicationState]]]

MATRIX: Matrix = {
    "screen": ({R.FUND_MANAGER, R.PROGRAMME_OFFICER}, {S.SUBMITTED}),
    "assign": ({R.FUND_MANAGER, R.PROGRAMME_OFFICER}, {S.ELIGIBLE}),
    "recommend": ({R.FUND_MANAGER}, {S.REVIEWED, S.RESERVE, S.NOT_RECOMMENDED}),
    "revise": ({R.FUND_MANAGER}, {S.RECOMMENDED}),
    "keep_in_reserve": ({R.FUND_MANAGER}, {S.REVIEWED, S.RECOMMENDED, S.NOT_RECOMMENDED}),
    "not_recommend": ({R.FUND_MANAGER}, {S.REVIEWED, S.RECOMMENDED, S.RESERVE}),
    "record_advice": ({R.FUND_MANAGER}, {S.RECOMMENDED}),
    "approve": ({R.APPROVING_OFFICER}, {S.RECOMMENDED}),
    "cancel_award": ({R.APPROVING_OFFICER}, {S.APPROVED}),
    "reject": ({R.APPROVING_OFFICER}, {S.RECOMMENDED, S.RESERVE, S.NOT_RECOMMENDED}),
}
"""Act → the roles that may take it, and the states it begins from. Everything else is refused."""


Take = Callable[[Act], object]


def acts(session: Session, application: Application, team: Team) -> dict[str, Take]:
    met = {criterion["key"]: Answer(True) for criterion in application.call.eligibility}
    proposal = Proposal(usd(1_500_000), "Strong.")
    said = BoardAdvice(clock.today(), Endorsement.ENDORSED, usd(1_500_000), votes=Votes(5))
    terms = Terms(usd(1_500_000), clock.today(), clock.months_after(clock.today(), 12))
    if recommendation_for(session, application):
        terms = terms_for(session, application)
    return {
        "screen": lambda act: decide(session, application, met, act),
        "assign": lambda act: assign(session, application, team.reviewers, act),
        "recommend": lambda act: recommend(session, application, proposal, act),
        "revise": lambda act: revise(session, application, proposal, act),
        "keep_in_reserve": lambda act: keep_in_reserve(session, application, act),
        "not_recommend": lambda act: not_recommend(session, application, act),
        "record_advice": lambda act: record_advice(session, application, said, act),
        "approve": lambda act: approve(session, application, terms, act),
        "cancel_award": lambda act: _cancel(session, application, act),
        "reject": lambda act: reject(session, application, act),
    }


def _cancel(session: Session, application: Application, act: Act) -> None:
    """Its award, or one that was never made."""
    award = award_of(session, application)
    if award is None:
        raise Conflict("no award")
    cancel_award(session, award, act)


def _found_ineligible(session: Session, application: Application, team: Team) -> None:
    unmet = {c["key"]: Answer(False, "No.") for c in application.call.eligibility}
    decide(session, application, unmet, act_of(session, team.officer))


def _kept(session: Session, application: Application, team: Team) -> None:
    reviewed(session, application, team)
    keep_in_reserve(session, application, act_of(session, team.manager, "If money comes."))


def _not_recommended(session: Session, application: Application, team: Team) -> None:
    reviewed(session, application, team)
    not_recommend(session, application, act_of(session, team.manager, "Too dear."))


def _rejected(session: Session, application: Application, team: Team) -> None:
    _not_recommended(session, application, team)
    reject(session, application, act_of(session, team.approver, "Too dear."))


def _withdrawn(session: Session, application: Application, _team: Team) -> None:
    act = act_of(session, member(session, application.organisation), "Other funds.")
    advance(session, application, APPLICATION, "withdraw", act)


def _invited(session: Session, application: Application, team: Team) -> None:
    """As if it had been a concept note."""
    reviewed(session, application, team)
    application.call.second_stage = a_draft_call(session, application.call.fund)
    invite(session, application, act_of(session, team.manager))


def _not_invited(session: Session, application: Application, team: Team) -> None:
    reviewed(session, application, team)
    application.call.second_stage = a_draft_call(session, application.call.fund)
    not_invite(session, application, act_of(session, team.manager, "Others fit better."))


WAYS: dict[ApplicationState, Callable[[Session, Application, Team], object]] = {
    S.SUBMITTED: lambda _session, _application, _team: None,
    S.ELIGIBLE: eligible,
    S.INELIGIBLE: _found_ineligible,
    S.UNDER_REVIEW: assigned,
    S.REVIEWED: reviewed,
    S.RECOMMENDED: advised,
    S.RESERVE: _kept,
    S.NOT_RECOMMENDED: _not_recommended,
    S.APPROVED: an_award,
    S.REJECTED: _rejected,
    S.INVITED: _invited,
    S.NOT_INVITED: _not_invited,
    S.WITHDRAWN: _withdrawn,
}
"""How people bring a submitted application to each state."""


def one_of_each_role(session: Session, team: Team) -> dict[Role, Person]:
    """A person who took no part so far. Outside roles: of another organisation."""
    other = an_organisation(session, "Another Organisation")
    return {
        role: member(session, other, role, f"Outside {role.value}")
        if role in OUTSIDE
        else staff(session, role, f"Fresh {role.value}")
        for role in Role
    }


@pytest.mark.parametrize("state", WAYS)
def test_each_act_is_for_its_roles_from_its_states_alone(
    session: Session, fund: Fund, state: ApplicationState
) -> None:
    money_for_awards(session, fund)
    team = a_team(session)
    application = a_submitted_application(session, a_closed_call(session, fund))
    WAYS[state](session, application, team)
    assert application.state == state
    people = one_of_each_role(session, team)
    taken = {
        (role, name)
        for role, person in people.items()
        for name, take in acts(session, application, team).items()
        if _takes(session, take, act_of(session, person, "Because."))
    }
    allowed = {
        (role, name)
        for name, (roles, states) in MATRIX.items()
        for role in roles
        if state in states
    }
    assert taken == allowed


def _takes(session: Session, take: Take, act: Act) -> bool:
    """Did the act take place? Either way it is undone. Any other refusal fails the test."""
    attempt = session.begin_nested()
    try:
        take(act)
    except (Forbidden, Conflict):
        return False
    else:
        return True
    finally:
        attempt.rollback()
        session.expire_all()


def test_every_state_is_tried() -> None:
    assert set(WAYS) == set(S) - {S.DRAFT}
