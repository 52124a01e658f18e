"""Proposals stay within limits, or say why not; the Board advises on a sum."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from grants.applying.applications.models import Application
from grants.applying.applications.workflow import ApplicationState
from grants.core.audit.queries import trail_of
from grants.core.kernel import clock
from grants.core.kernel.errors import Conflict, DomainError, Forbidden
from grants.core.kernel.money import Money, usd
from grants.core.people.permissions import Permission, Role
from grants.core.people.queries import viewer_of
from grants.core.people.role_permissions import GRANTED
from grants.deciding.board.models import Endorsement
from grants.deciding.board.queries import (
    advice_on,
    recommendation_for,
    to_advise,
    to_recommend,
)
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
from grants.platform.documents.service import keep
from grants.platform.file_checks.checks import Upload
from tests.factories import (
    Team,
    act_of,
    recommended,
    reviewed,
    staff,
)
from tests.platform.documents.files import pdf


def proposal(dollars: str, override: str = "") -> Proposal:
    return Proposal(Money.parse(dollars, "USD"), "Nobody else helps there.", override)


def test_a_recommendation_keeps_amount_and_reasons_and_waits_for_the_board(
    session: Session, application: Application, team: Team
) -> None:
    manager = viewer_of(session, team.manager.id)
    assert manager is not None
    reviewed(session, application, team)
    assert (session.scalar(to_recommend(manager)), session.scalar(to_advise(manager))) == (1, 0)
    recommend(session, application, proposal("15000"), act_of(session, team.manager))
    kept = recommendation_for(session, application)
    assert kept is not None
    assert (kept.amount, kept.rationale) == (usd(1_500_000), "Nobody else helps there.")
    assert trail_of(session, "application", application.id)[-1].facts["amount"] == "15000.00"
    assert (session.scalar(to_recommend(manager)), session.scalar(to_advise(manager))) == (0, 1)


@pytest.mark.parametrize(
    ("dollars", "highest", "marks", "message"),
    [
        ("20000.01", 3_000_000, (4, 4), "20,000.00 was requested"),
        ("15000.01", 1_500_000, (4, 4), "maximum grant under the call is USD\u00a015,000.00"),
        ("10000", 2_000_000, (3, 2), "score is 50.00 and the minimum score is 60"),
    ],
)
def test_beyond_a_limit_it_takes_a_reason_and_somebody_who_may_override(
    session: Session,
    application: Application,
    team: Team,
    dollars: str,
    highest: int,
    marks: tuple[int, int],
    message: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    application.call.highest_minor = highest
    reviewed(session, application, team, marks)
    act = act_of(session, team.manager)
    with pytest.raises(DomainError, match=message):
        recommend(session, application, proposal(dollars, " "), act)
    without = dict(GRANTED)
    without[Role.FUND_MANAGER] = GRANTED[Role.FUND_MANAGER] - {Permission.AWARD_OVERRIDE}
    with monkeypatch.context() as patched:
        patched.setattr("grants.core.people.viewer.GRANTED", without)
        with pytest.raises(Forbidden):
            recommend(session, application, proposal(dollars, "An emergency."), act)
    assert application.state == ApplicationState.REVIEWED
    recommend(session, application, proposal(dollars, "An emergency."), act)
    assert trail_of(session, "application", application.id)[-1].facts["override"] == "An emergency."


@pytest.mark.parametrize("wrong", [Proposal(usd(0), "x"), Proposal(Money(5, "EUR"), "x")])
def test_a_recommendation_is_in_usd_above_nothing(
    session: Session, application: Application, team: Team, wrong: Proposal
) -> None:
    reviewed(session, application, team)
    with pytest.raises(DomainError, match="in USD above 0"):
        recommend(session, application, wrong, act_of(session, team.manager))


def test_a_recommendation_says_why(session: Session, application: Application, team: Team) -> None:
    reviewed(session, application, team)
    with pytest.raises(DomainError, match="Explain why"):
        recommend(session, application, Proposal(usd(100), " "), act_of(session, team.manager))


def test_reserve_and_refusal_need_their_reason_and_can_be_thought_over(
    session: Session, application: Application, team: Team
) -> None:
    reviewed(session, application, team)
    for change in (keep_in_reserve, not_recommend):
        with pytest.raises(DomainError, match="reason"):
            change(session, application, act_of(session, team.manager))
    keep_in_reserve(session, application, act_of(session, team.manager, "If money comes."))
    recommend(session, application, proposal("100"), act_of(session, team.manager))
    not_recommend(session, application, act_of(session, team.manager, "The leader left."))
    keep_in_reserve(session, application, act_of(session, team.manager, "A new leader came."))
    assert application.state == ApplicationState.RESERVE


def advice(dollars: str = "15000", said: Endorsement = Endorsement.ENDORSED) -> BoardAdvice:
    return BoardAdvice(clock.today(), said, Money.parse(dollars, "USD"), "", votes=Votes(5))


def test_the_boards_advice_is_on_the_sum_it_was_shown(
    session: Session, application: Application, team: Team
) -> None:
    recommended(session, application, team)
    with pytest.raises(Conflict, match=r"changed to USD\s15,000\.00"):
        record_advice(session, application, advice("14000"), act_of(session, team.manager))
    record_advice(session, application, advice(), act_of(session, team.manager))
    manager = viewer_of(session, team.manager.id)
    assert manager is not None
    assert session.scalar(to_advise(manager)) == 0
    revise(session, application, proposal("12000"), act_of(session, team.manager, "Cheaper rent."))
    assert session.scalar(to_advise(manager)) == 1


def test_advice_other_than_plain_endorsement_has_remarks(
    session: Session, application: Application, team: Team
) -> None:
    recommended(session, application, team)
    for said in (Endorsement.ENDORSED_WITH_REMARKS, Endorsement.NOT_ENDORSED):
        with pytest.raises(DomainError, match="remarks"):
            record_advice(session, application, advice(said=said), act_of(session, team.manager))
    record_advice(session, application, advice(), act_of(session, team.manager))
    with pytest.raises(IntegrityError, match="ck_advice_remarks"):
        session.execute(text("UPDATE advice SET endorsement = 'not_endorsed'"))


def test_advice_comes_from_votes_or_from_signed_minutes(
    session: Session, application: Application, team: Team
) -> None:
    recommended(session, application, team)
    typed = BoardAdvice(clock.today(), Endorsement.ENDORSED, usd(1_500_000))
    act = act_of(session, team.manager)
    with pytest.raises(DomainError, match="Attach the signed minutes"):
        record_advice(session, application, typed, act)
    paper = keep(session, Upload("minutes.pdf", pdf()), act)
    record_advice(session, application, replace(typed, minutes=paper), act)
    kept = advice_on(session, application)
    assert kept is not None
    assert (kept.minutes, kept.votes_for) == (paper, None)


def test_advice_is_of_a_session_that_took_place(
    session: Session, application: Application, team: Team
) -> None:
    recommended(session, application, team)
    tomorrow = BoardAdvice(
        clock.today() + timedelta(days=1), Endorsement.ENDORSED, usd(1_500_000), votes=Votes(5)
    )
    with pytest.raises(DomainError, match="not taken place"):
        record_advice(session, application, tomorrow, act_of(session, team.manager))


def test_advice_recorded_anew_replaces_and_the_trail_keeps_both(
    session: Session, application: Application, team: Team
) -> None:
    recommended(session, application, team)
    record_advice(session, application, advice(), act_of(session, team.manager))
    again = replace(advice(said=Endorsement.NOT_ENDORSED), remarks="Misread.", votes=Votes(1, 4))
    record_advice(session, application, again, act_of(session, team.manager))
    kept = advice_on(session, application)
    assert kept is not None
    assert kept.endorsement == Endorsement.NOT_ENDORSED
    said = [
        row.facts["endorsement"]
        for row in trail_of(session, "application", application.id)
        if row.action == "record_advice"
    ]
    assert said == ["endorsed", "not_endorsed"]


@pytest.mark.parametrize("role", [Role.PROGRAMME_OFFICER, Role.TRUSTEE, Role.APPROVING_OFFICER])
def test_only_the_manager_proposes_and_records(
    session: Session, application: Application, team: Team, role: Role
) -> None:
    reviewed(session, application, team)
    other = act_of(session, staff(session, role, "Some Body"), "Because.")
    with pytest.raises(Forbidden):
        recommend(session, application, proposal("100"), other)
    recommend(session, application, proposal("15000"), act_of(session, team.manager))
    with pytest.raises(Forbidden):
        revise(session, application, proposal("100"), other)
    with pytest.raises(Forbidden):
        record_advice(session, application, advice(), other)
    with pytest.raises(Forbidden):
        not_recommend(session, application, other)
    with pytest.raises(Forbidden):
        keep_in_reserve(session, application, other)
