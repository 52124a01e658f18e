"""A fact of a profile is declared once; what is forgotten is told by name before the start."""

from dataclasses import dataclass, replace
from typing import Any

import pytest

from grants.applying.organisations import facts as organisations
from grants.applying.organisations.declared import Fact, Uses
from grants.applying.organisations.profile import Profile
from grants.giving.donors import facts as donors
from grants.platform.profiles.facts import Table
from grants.platform.profiles.kinds import Text

REGISTER: dict[str, Any] = {"key": "home_register", "label": "Number in the home register"}


@dataclass(frozen=True, kw_only=True)
class Longer(Profile):
    """A profile with a field more."""

    home_register: str = ""


def like(model: str, **changed: Any) -> Fact:
    """The declaration of another fact, changed."""
    [fact] = [fact for fact in organisations.FACTS if fact.key == model]
    return replace(fact, **changed)


def test_a_field_without_a_fact_is_told() -> None:
    with pytest.raises(TypeError, match="no Fact declares home_register of Longer"):
        replace(organisations.PROFILE, profile=Longer)


def test_a_fact_without_a_field_or_a_column_is_told() -> None:
    more = (*organisations.FACTS, like("registration_number", **REGISTER))
    with pytest.raises(TypeError, match="home_register is not a field of Profile") as refused:
        replace(organisations.PROFILE, facts=more)
    assert "home_register has no column, with a migration" in str(refused.value)


@pytest.mark.parametrize("table", [organisations.PROFILE, donors.PROFILE])
def test_a_column_of_which_no_table_says_anything_is_told(table: Table[Any, Any]) -> None:
    for missing in ("registration_number", "created_at"):
        facts = [fact for fact in table.facts if fact.key != missing]
        besides = set(table.besides) - {missing}
        with pytest.raises(TypeError, match=f"no Fact declares the column {missing}"):
            replace(table, facts=facts, besides=besides)


def test_a_fact_that_leaves_something_unsaid_is_told() -> None:
    with pytest.raises(TypeError, match="'tells', 'verified', 'submitted', and 'answers'"):
        Uses(first=True)  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="'topic', 'uses', and 'files'"):
        Fact(**REGISTER, kind=Text())


@pytest.mark.parametrize("table", [organisations.PROFILE, donors.PROFILE])
def test_an_example_of_a_file_can_be_read(table: Table[Any, Any]) -> None:
    """And is no blank: what is imported is stated."""
    for fact in table.facts:
        if fact.imported and fact.key not in {"survivor_led", "public_name", "language"}:
            assert fact.kind.imported(fact.imported) != table.default(fact), fact.key
