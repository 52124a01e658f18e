"""The pages of acts are declared: what cannot be right is told when the declaration is read."""

import pytest
from flask import Blueprint

from grants.giving.pledges.models import Pledge
from grants.giving.pledges.workflow import PLEDGE
from grants.platform.forms.step_pages import StepPages


def pages_in(blueprint: str) -> StepPages[Pledge]:
    return StepPages(Blueprint(blueprint, __name__), PLEDGE, Pledge, str, lambda _pledge: ())


def test_an_act_that_needs_more_than_a_reason_needs_a_function_that_hands_it_over() -> None:
    with pytest.raises(ValueError, match="sign_agreement takes more than the session"):
        pages_in("pledges").step("sign_agreement", "/<reference>/agreement")


def test_a_step_whose_page_is_in_another_blueprint_is_told() -> None:
    with pytest.raises(ValueError, match=r"'pledges.decline'.* is none of donors"):
        pages_in("donors").step("decline", "/<reference>/decline")
