"""A workflow checks itself when it is written, and answers what can happen next."""

from enum import StrEnum
from typing import Any

import pytest

from grants.core.kernel.errors import Conflict
from grants.core.kernel.workflow import Sets, StateName, Step, Workflow
from grants.core.people.permissions import Permission
from grants.deciding.awards.workflow import AWARD

P = Permission.PLEDGE_SIGN


class Light(StrEnum):
    RED = "red"
    GREEN = "green"


def _step(action: str, source: Light, target: Light, **more: Any) -> Step:
    where = {"act": f"lamps.service.{action}", "by": "me", **more}
    return Step(action, (source,), target, P, **where)


NAMES: dict[StrEnum, StateName] = {light: StateName(light.value, light.value) for light in Light}


def test_a_state_nothing_leads_to_is_refused() -> None:
    with pytest.raises(ValueError, match="nothing leads to"):
        Workflow("lamp", Light.RED, (), NAMES)


def test_a_state_without_a_name_is_refused() -> None:
    step = _step("go", Light.RED, Light.GREEN)
    with pytest.raises(ValueError, match="without a name"):
        Workflow("lamp", Light.RED, (step,), {Light.RED: NAMES[Light.RED]})


def test_an_action_is_written_once() -> None:
    step = _step("go", Light.RED, Light.GREEN)
    with pytest.raises(ValueError, match="twice"):
        Workflow("lamp", Light.RED, (step, step), NAMES)


def test_an_excluded_act_must_exist() -> None:
    step = _step("go", Light.RED, Light.GREEN, not_by=("stop",))
    with pytest.raises(ValueError, match="unknown acts"):
        Workflow("lamp", Light.RED, (step,), NAMES)


@pytest.mark.parametrize(
    ("more", "fault"),
    [
        ({"act": ""}, "go names no function that takes it"),
        ({"by": ""}, "go does not say where it is taken"),
        ({"page": "lamps.go"}, "go does not say where it is taken"),
    ],
)
def test_a_step_names_its_act_and_one_place(more: dict[str, str], fault: str) -> None:
    step = _step("go", Light.RED, Light.GREEN, **more)
    with pytest.raises(ValueError, match=fault):
        Workflow("lamp", Light.RED, (step,), NAMES, final=(Light.GREEN,))


def test_a_state_without_a_way_out_is_final_by_name_only() -> None:
    step = _step("go", Light.RED, Light.GREEN)
    with pytest.raises(ValueError, match=r"no step leads out of .*green.*final="):
        Workflow("lamp", Light.RED, (step,), NAMES)
    assert Workflow("lamp", Light.RED, (step,), NAMES, final=(Light.GREEN,))


def test_a_final_state_has_no_way_out() -> None:
    step = _step("go", Light.RED, Light.GREEN)
    with pytest.raises(ValueError, match=r"named final, and a step leads out of .*red"):
        Workflow("lamp", Light.RED, (step,), NAMES, final=(Light.RED, Light.GREEN))


@pytest.mark.parametrize(
    ("sets", "fault"),
    [
        ({"STOP": (Light.RED,), "DRIVE": ()}, "'green' is in no set"),
        ({"STOP": (Light.RED, Light.GREEN), "DRIVE": (Light.GREEN,)}, "'green' is in two sets"),
    ],
)
def test_a_state_is_in_one_set_of_every_question(sets: Sets, fault: str) -> None:
    steps = (
        _step("go", Light.RED, Light.GREEN),
        _step("stop", Light.GREEN, Light.RED),
    )
    said = f"lamp: the state {fault}. May I drive\\? Put it into one of STOP, DRIVE"
    with pytest.raises(ValueError, match=said):
        Workflow("lamp", Light.RED, steps, NAMES, partitions={"May I drive?": sets})


def test_a_step_from_the_wrong_state_is_a_conflict_that_tells_where_it_stands() -> None:
    with pytest.raises(Conflict, match="Active"):
        AWARD.require("cancel", type(AWARD.initial)("agreed"))


def test_the_drawing_shows_every_step() -> None:
    drawn = AWARD.diagram()
    assert all(step.action in drawn for step in AWARD.steps)
