"""Scenarios: the best selection of a call's applications within money and rules, side by side."""

from decimal import Decimal

import pytest
from sqlalchemy.orm import Session

from grants.applying.applications.models import Application
from grants.applying.call_changes.deleting import delete_call
from grants.applying.calls.models import Call
from grants.core.funds.models import Fund
from grants.core.kernel.errors import DomainError, Forbidden
from grants.core.kernel.money import usd
from grants.core.people.permissions import Role
from grants.deciding.portfolio.scenarios import (
    Effect,
    ScenarioQuestion,
    candidates_of,
    lines_of,
    passed_over,
    solve_scenario,
)
from grants.deciding.reviews.adjusting import adjusted_scores
from tests.factories import (
    Team,
    a_closed_call,
    a_draft_call,
    a_submitted_application,
    act_of,
    an_organisation,
    money_for_awards,
    recommended,
    reviewed,
    staff,
    without_conflict,
)
from tests.platform.web.client import SignInAs

WEIGHTS = {"need": Decimal(40), "method": Decimal(35), "budget": Decimal(25)}
COUNTRIES = ("KE", "KE", "HN", "NP")
MARKS = ((5, 5), (5, 4), (4, 4), (3, 3))


@pytest.fixture
def call(session: Session, fund: Fund) -> Call:
    money_for_awards(session, fund)
    return a_closed_call(session, fund)


@pytest.fixture
def applications(session: Session, call: Call, team: Team) -> list[Application]:
    """Four that ask for 20,000 each, two of them in Africa and the best."""
    made = []
    for number, (country, marks) in enumerate(zip(COUNTRIES, MARKS, strict=True)):
        house = an_organisation(session, f"House {number}", country)
        one = a_submitted_application(session, call, house)
        one.country = country
        made.append(reviewed(session, one, team, marks))
    return made


def asked(*rules: dict[str, str], envelope: int = 4_000_000) -> ScenarioQuestion:
    return ScenarioQuestion("A", usd(envelope), 100, WEIGHTS, rules)


def at_most(trait: str, limit: str, bound: str = "at_most") -> dict[str, str]:
    return {"trait": trait, "bound": bound, "limit": limit}


def test_a_call_that_ranks_by_adjusted_scores_is_solved_by_them(
    session: Session, call: Call, team: Team
) -> None:
    made = []
    for number, marks in enumerate(((5, 3), (4, 4), (4, 3), (5, 3))):
        one = a_submitted_application(session, call, an_organisation(session, f"House {number}"))
        made.append(reviewed(session, one, team, marks))
    call.ranks_adjusted = True
    session.flush()
    scenario = solve_scenario(session, call, asked(), act_of(session, team.manager))
    scores = {line["application"]: Decimal(line["score"]) for line in scenario.lines}
    assert scores == adjusted_scores(session, call)
    assert scenario.score == sum(sorted(scores.values())[-2:])
    assert made[1].id in {line["application"] for line in scenario.chosen}, "4 of a strict reviewer"


def test_a_rule_of_balance_changes_the_choice_and_says_what_it_costs(
    session: Session, call: Call, applications: list[Application], team: Team
) -> None:
    act = act_of(session, team.manager)
    free = solve_scenario(session, call, asked(), act)
    assert [line["application"] for line in free.chosen] == [one.id for one in applications[:2]]
    bound = solve_scenario(session, call, asked(at_most("region=african", "1")), act)
    chosen = [line["application"] for line in bound.chosen]
    assert chosen == [applications[0].id, applications[2].id]
    assert bound.binding == {"1": str(free.score - bound.score)}
    lines = lines_of(session, bound, act.actor)
    assert [line.rank for line in passed_over(lines)] == [2]
    effect = Effect.of(lines)
    assert (effect.number, effect.amount) == (2, usd(4_000_000))
    assert effect.by_trait["region=african"] == (1, usd(2_000_000))
    assert effect.by_trait["first_grant=yes"] == (2, usd(4_000_000))


def test_other_weights_are_other_scores(
    session: Session, call: Call, applications: list[Application], team: Team
) -> None:
    act = act_of(session, team.manager)
    found = solve_scenario(session, call, asked(envelope=2_000_000), act)
    assert [line["score"] for line in found.lines] == ["100.00", "90.00", "80.00", "60.00"]
    nothing = dict.fromkeys(WEIGHTS, Decimal(0))
    with pytest.raises(DomainError, match="above 0"):
        solve_scenario(session, call, ScenarioQuestion("A", usd(1), 100, nothing, ()), act)


def test_rules_that_clash_are_named(
    session: Session, call: Call, applications: list[Application], team: Team
) -> None:
    rules = (at_most("country=NP", "1", "at_least"), at_most("first_grant=yes", "0"))
    with pytest.raises(DomainError, match="Country: Nepal"):
        solve_scenario(session, call, asked(*rules), act_of(session, team.manager))


def test_what_is_recommended_stays_as_recommended(
    session: Session, call: Call, applications: list[Application], team: Team
) -> None:
    third = a_submitted_application(session, call, an_organisation(session, "House 9"))
    recommended(session, third, team, usd="1000.00")
    found = solve_scenario(session, call, asked(), act_of(session, team.manager))
    amounts = {line["application"]: line["amount_minor"] for line in found.lines}
    assert amounts[third.id] == 100_000
    assert third in candidates_of(session, call)


def test_a_draft_call_takes_no_scenario_and_can_be_deleted(
    session: Session, fund: Fund, team: Team
) -> None:
    draft = a_draft_call(session, fund)
    with pytest.raises(DomainError, match="The call has not been published"):
        solve_scenario(session, draft, asked(), act_of(session, team.manager))
    delete_call(session, draft, act_of(session, team.manager, "Made twice."))


def test_only_who_recommends_computes_scenarios(
    session: Session, call: Call, applications: list[Application], team: Team
) -> None:
    with pytest.raises(Forbidden):
        solve_scenario(session, call, asked(), act_of(session, team.approver))


def test_the_pages_from_the_question_to_the_recommendation(
    session: Session,
    call: Call,
    applications: list[Application],
    team: Team,
    sign_in_as: SignInAs,
) -> None:
    session.commit()
    manager = sign_in_as(team.manager)
    path = f"/calls/{call.reference}/scenarios"
    assert path in manager.get(f"/calls/{call.reference}/ranking").text
    typed = {
        "name": "Two regions",
        "envelope": "40000",
        "share": "90",
        **{f"weight_{key}": str(weight) for key, weight in WEIGHTS.items()},
        "rules-0-trait": "region=african",
        "rules-0-bound": "at_most",
        "rules-0-limit": "1",
    }
    page = manager.submit(f"{path}/new", typed).location
    text = manager.get(page).text
    assert "limits the selection" in text
    assert "36,000.00" in text
    assert f"row={applications[0].id}" in text
    to_recommend = (
        f"/decisions/several/recommend?scenario=Two+regions&share=90&row={applications[0].id}"
    )
    proposal = manager.get(to_recommend).text
    assert "18,000.00" in proposal
    assert "Chosen in the scenario" in proposal
    number = page.rsplit("/", 1)[1]
    assert 'value="Two' not in manager.get(f"{path}/new").text
    assert 'value="90"' in manager.get(f"{path}/new?from={number}").text
    manager.submit(f"{path}/new?from={number}", {**typed, "name": "Another", "rules-0-limit": "2"})
    both = manager.get(path).text
    assert "Where they differ" in both
    assert applications[2].reference in both
    assert manager.get(f"{path}?with={number}").status_code == 200


def test_a_recused_trustee_finds_no_line_of_the_application(
    session: Session,
    call: Call,
    applications: list[Application],
    team: Team,
    sign_in_as: SignInAs,
) -> None:
    found = solve_scenario(session, call, asked(), act_of(session, team.manager))
    trustee = staff(session, Role.TRUSTEE)
    without_conflict(session, trustee, *applications[1:])
    session.commit()
    browser = sign_in_as(trustee)
    for address in ("", f"/{found.id}"):
        text = browser.get(f"/calls/{call.reference}/scenarios{address}").text
        assert applications[0].reference not in text
        assert "House 0" not in text
    assert browser.get(f"/calls/{call.reference}/scenarios/new").status_code == 403
