"""`flask portfolio solve`, as contract.md has it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask

Solve = Callable[[object], Result]
APPLICATIONS = [
    {"id": "a", "score": 82.5, "amount": "60000.00", "tags": {"region": "Africa"}},
    {"id": "b", "score": 80, "amount": "50000.00", "tags": {"region": "Asia"}},
    {"id": "c", "score": 79.5, "amount": "50000", "tags": {"region": "Asia"}},
]


@pytest.fixture
def solve(app: Flask, tmp_path: Path) -> Solve:
    def run(told: object) -> Result:
        path = tmp_path / "problem.json"
        path.write_text(told if isinstance(told, str) else json.dumps(told))
        words = ("portfolio", "solve", str(path), "--json")
        return app.test_cli_runner().invoke(args=words)

    return run


def problem(**changed: Any) -> dict[str, Any]:
    return {"envelope": "100000.00", "candidates": APPLICATIONS, "rules": [], **changed}


def test_the_best_choice_is_told_with_the_rules_that_bind(solve: Solve) -> None:
    assert json.loads(solve(problem()).stdout)["chosen"] == ["b", "c"]
    rules = [
        {"tag": "region", "value": "Asia", "at_most": 5},
        {"tag": "region", "value": "Africa", "at_least": 1},
    ]
    told = json.loads(solve(problem(rules=rules)).stdout)
    assert told == {
        "chosen": ["a"],
        "score": 82.5,
        "amount": "60000.00",
        "binding": [2],
        "cost": {"2": 77},
        "optimal": True,
    }


def test_rules_that_clash_are_named_with_exit_2(solve: Solve) -> None:
    rules = [
        {"tag": "region", "value": "Asia", "share_at_most": "0.5"},
        {"tag": "region", "value": "Asia", "at_least": 1},
        {"tag": "region", "value": "Africa", "at_most": 0},
    ]
    answer = solve(problem(rules=rules, envelope="200000.00"))
    assert answer.exit_code == 2
    assert json.loads(answer.stdout) == {"clash": [1, 2, 3]}
    assert len(answer.stderr.strip().splitlines()) == 1
    assert "rule 1 (region: Asia)" in answer.stderr


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ("{", "not valid JSON"),
        ("[]", "an object with keys is expected"),
        (problem(envelope="-1"), "“envelope” must be an amount"),
        (problem(envelope="1.001"), "“envelope” must be an amount"),
        (problem(candidates=None), "candidates: a list is expected"),
        (problem(candidates=[*APPLICATIONS, APPLICATIONS[0]]), "Candidate a appears twice"),
        (problem(candidates=[{"id": "a", "score": "x", "amount": 1}]), "“score” is not a number"),
        (problem(rules=[{"tag": "region", "value": "Asia"}]), "a rule needs"),
        (problem(rules=[{"tag": "r", "value": "A", "share_at_most": 2}]), "between 0 and 1"),
    ],
)
def test_what_cannot_be_read_is_one_line_and_exit_2(solve: Solve, told: object, said: str) -> None:
    answer = solve(told)
    assert answer.exit_code == 2
    assert answer.stdout == ""
    assert said in answer.stderr
