"""A workflow ends nowhere by mistake: each state has a way on for somebody, each step its place."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from grants.core.kernel.workflow import Step, Workflow
from grants.core.people.permissions import Permission
from grants.core.people.role_permissions import GRANTED
from grants.giving.pledges.workflow import PLEDGE, PledgeState
from grants.integrity.diligence import service as diligence
from grants.platform.web import steps
from grants.platform.web.steps import all_workflows, refuse_unkept, takes


def dead_ends(workflow: Workflow, granted: Iterable[frozenset[Any]]) -> list[str]:
    """States that are not called final, and out of which nobody and nothing leads."""
    held = frozenset().union(*granted)
    return [
        f"{workflow.subject}: {state.value}"
        for state in type(workflow.initial)
        if state not in workflow.final
        and not any(step.by or step.permission in held for step in workflow.steps_from(state))
    ]


def test_every_state_has_a_way_on_or_is_called_final(app: Flask) -> None:
    workflows = all_workflows()
    assert len(workflows) > 15
    ends = [end for workflow in workflows for end in dead_ends(workflow, GRANTED.values())]
    assert ends == [], "let a role take a step from there, or name it in final="


def test_a_state_that_nobody_may_leave_is_told() -> None:
    taken = {Permission.PLEDGE_MAKE, Permission.PLEDGE_ENTER, Permission.CONTRIBUTION_RECORD}
    without = [held - taken for held in GRANTED.values()]
    assert dead_ends(PLEDGE, without) == ["pledge: unconfirmed"]


def _with(monkeypatch: pytest.MonkeyPatch, **changed: Any) -> None:
    """The workflow of pledges, its step `acknowledge` changed."""
    rows = [
        replace(step, **changed) if step.action == "acknowledge" else step for step in PLEDGE.steps
    ]
    monkeypatch.setattr(steps, "all_workflows", lambda: [replace_steps(rows)])


def replace_steps(rows: list[Step]) -> Workflow:
    return Workflow("pledge", PledgeState.UNCONFIRMED, rows, PLEDGE.names, PLEDGE.final)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (
            {"act": "giving.pledges.service.forgotten"},
            "there is no act grants.giving.pledges.service.forgotten",
        ),
        ({"act": "giving.nowhere.forgotten"}, "there is no act grants.giving.nowhere.forgotten"),
        (
            {"act": "giving.pledges.service.decline"},
            r"grants.giving.pledges.service.decline never takes it; let it call advance\(",
        ),
        ({"page": "pledges.forgotten"}, "there is no page 'pledges.forgotten'; write its view"),
        (
            {"page": "pledges.decline", "permission": Permission.LEDGER_CLOSE},
            r"'pledges.decline' stays shut to Finance officer.*@needs\(Permission\.LEDGER_CLOSE",
        ),
        (
            {"page": "pledge_changes.approve", "permission": Permission.PLEDGE_APPROVE_CHANGE},
            "'pledge_changes.approve' takes only what is posted, so the button .* is dead",
        ),
        ({"in_place": True}, "'pledges.acknowledge' opens by a link: leave out in_place="),
    ],
)
def test_the_application_does_not_start_with_a_step_that_is_not_kept(
    app: Flask, monkeypatch: pytest.MonkeyPatch, changed: dict[str, Any], said: str
) -> None:
    _with(monkeypatch, **changed)
    with pytest.raises(ValueError, match=f"pledge, step 'acknowledge': .*{said}"):
        refuse_unkept(app)


def test_a_page_without_a_mark_keeps_everybody_out_of_the_step(
    new_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    new_app.add_url_rule("/unmarked", "pledges.unmarked", lambda: "")
    _with(monkeypatch, page="pledges.unmarked")
    with pytest.raises(ValueError, match="stays shut to Fund manager, who may take it"):
        refuse_unkept(new_app)


def test_an_act_takes_an_action_by_name_by_choice_or_through_another_act() -> None:
    assert takes(diligence.revoke, "revoke")
    assert takes(diligence.decide, "clear_with_conditions")
    assert not takes(diligence.decide, "revoke")
