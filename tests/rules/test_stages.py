"""The stages on the page of a case say what its state says."""

import ast
import re
from collections.abc import Iterator, Sequence
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask

from grants.applying.applications.workflow import OFF_THE_WAY, ApplicationState
from grants.banking.bank.workflow import LineState
from grants.banking.lines import deciding_views
from grants.deciding.awards.workflow import AwardState
from grants.deciding.decisions import case
from grants.granting.agreements import framing as grants
from grants.platform.tables.cases import Stage, dated, stage_bar
from grants.platform.web.steps import all_workflows
from tests.rules.source import modules

PARTICIPLE = re.compile(r"\b(\w+ed|paid|sent|written)\b", re.IGNORECASE)


def _named() -> Iterator[tuple[str, str]]:
    """The words in each function that makes a bar of stages."""
    for path, tree in modules().items():
        for function in ast.walk(tree):
            if not isinstance(function, ast.FunctionDef):
                continue
            calls = [node for node in ast.walk(function) if isinstance(node, ast.Call)]
            names = {call.func.id for call in calls if isinstance(call.func, ast.Name)}
            if "stage_bar" in names:
                for call in calls:
                    if isinstance(call.func, ast.Name) and call.func.id == "_":
                        yield path, str(ast.literal_eval(call.args[0]))


def test_a_stage_is_named_by_a_noun_which_is_true_before_while_and_after() -> None:
    named = list(_named())
    assert len(named) > 12
    assert [(path, text) for path, text in named if PARTICIPLE.search(text)] == []


def test_no_stage_is_called_like_a_state(app: Flask) -> None:
    states = {
        str(text).lower()
        for workflow in all_workflows()
        for name in workflow.names.values()
        for text in (name.public, name.staff)
    }
    assert [text for _path, text in _named() if text.lower() in states] == []


def going_on(stages: Sequence[Stage]) -> str:
    """What the bar says is going on; "over" where all is done, "" where there is no bar."""
    if not stages:
        return ""
    (*_others, last) = states = [stage.state for stage in stages]
    assert states == sorted(states, key=["done", "now", "next"].index)
    return "over" if last == "done" else next(one.text for one in stages if one.state == "now")


def test_the_bar_of_a_grant_is_true_in_every_state() -> None:
    said = {
        (state, started): going_on(grants.stages_of(state, started=started))
        for state in AwardState
        for started in (False, True)
    }
    assert said == {
        (AwardState.APPROVED, False): "Agreement",
        (AwardState.APPROVED, True): "Agreement",
        (AwardState.AGREED, False): "First instalment",
        (AwardState.AGREED, True): "Reports and payments",
        (AwardState.CLOSED, False): "over",
        (AwardState.CLOSED, True): "over",
        (AwardState.CANCELLED, False): "",
        (AwardState.CANCELLED, True): "",
    }


def test_the_bar_of_a_line_of_the_bank_is_true_in_every_state() -> None:
    assert {state: going_on(deciding_views.stages_of(state)) for state in LineState} == {
        LineState.UNMATCHED: "Matching with the ledger",
        LineState.MATCHED: "over",
        LineState.SET_ASIDE: "",
    }


@pytest.mark.parametrize("advises", [True, False])
@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize("state", ApplicationState)
def test_the_bar_of_an_application_is_true_in_every_state(
    monkeypatch: pytest.MonkeyPatch, state: ApplicationState, first: bool, advises: bool
) -> None:
    monkeypatch.setattr(case, "advice_on", lambda *_given: None)
    monkeypatch.setattr(case, "session", lambda: None)
    call = SimpleNamespace(is_first_stage=first, board_advises=advises)
    application: Any = SimpleNamespace(state=state, call=call)
    assert going_on(case.stages_of(application)) == _of_application(state, first, advises)


def _of_application(state: ApplicationState, first: bool, advises: bool) -> str:
    s = ApplicationState
    if state in OFF_THE_WAY:
        return ""
    before = {s.SUBMITTED: "Screening", s.ELIGIBLE: "Review", s.UNDER_REVIEW: "Review"}
    if first and state in (s.REVIEWED, s.RECOMMENDED, s.RESERVE):
        return "Decision" if state is s.REVIEWED else "over"
    after = {
        s.REVIEWED: "Recommendation",
        s.RECOMMENDED: "Advice of the Board" if advises else "Decision",
        s.RESERVE: "Advice of the Board" if advises else "Decision",
        s.NOT_RECOMMENDED: "Decision",
    }
    if first and state is s.NOT_RECOMMENDED:
        return "over"
    return (before | after).get(state, "over")


def test_a_stage_has_its_day_and_the_current_one_what_it_waits_for_since_the_last_of_them() -> None:
    """The words are those of the workflow, from which the tag is made as well."""
    bar = stage_bar(["Submission", "Screening", "Review", "Decision"], 2)
    days = {"Submission": date(2026, 5, 4), "Screening": date(2026, 5, 9), "Decision": None}
    assert [stage.note for stage in dated(bar, days, "Score")] == [
        "4 May 2026",
        "9 May 2026",
        "Score, since 9 May 2026",
        "",
    ]
    assert dated(bar, {}, "Score")[2].note == ""
    assert dated(bar, days)[2].note == "since 9 May 2026"


def test_the_board_is_not_said_to_have_advised_on_what_nobody_recommended(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(case, "advice_on", lambda *_given: None)
    monkeypatch.setattr(case, "session", lambda: None)
    call = SimpleNamespace(is_first_stage=False, board_advises=True)
    application: Any = SimpleNamespace(state=ApplicationState.NOT_RECOMMENDED, call=call)
    assert "Advice of the Board" not in [stage.text for stage in case.stages_of(application)]
