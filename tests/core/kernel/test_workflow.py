"""A workflow checks itself when it is written, and answers what can happen next."""

from enum import StrEnum

import pytest

from grants.core.kernel.errors import Conflict
from grants.core.kernel.workflow import StateName, Step, Workflow
from grants.core.people.permissions import Permission
from grants.deciding.awards.workflow import AWARD

P = Permission.PLEDGE_SIGN


class Light(StrEnum):
    RED = "red"
    GREEN = "green"


NAMES: dict[StrEnum, StateName] = {light: StateName(light.value, light.value) for light in Light}


def test_a_state_nothing_leads_to_is_refused() -> None:
    with pytest.raises(ValueError, match="nothing leads to"):
        Workflow("lamp", Light.RED, (), NAMES)


def test_a_state_without_a_name_is_refused() -> None:
    step = Step("go", (Light.RED,), Light.GREEN, P)
    with pytest.raises(ValueError, match="without a name"):
        Workflow("lamp", Light.RED, (step,), {Light.RED: NAMES[Light.RED]})


def test_an_action_is_written_once() -> None:
    step = Step("go", (Light.RED,), Light.GREEN, P)
    with pytest.raises(ValueError, match="twice"):
        Workflow("lamp", Light.RED, (step, step), NAMES)


def test_an_excluded_act_must_exist() -> None:
    step = Step("go", (Light.RED,), Light.GREEN, P, not_by=("stop",))
    with pytest.raises(ValueError, match="unknown acts"):
        Workflow("lamp", Light.RED, (step,), NAMES)


def test_a_step_from_the_wrong_state_is_a_conflict_that_tells_where_it_stands() -> None:
    with pytest.raises(Conflict, match="Running"):
        AWARD.require("cancel", type(AWARD.initial)("agreed"))


def test_the_drawing_shows_every_step() -> None:
    drawn = AWARD.diagram()
    assert all(step.action in drawn for step in AWARD.steps)
