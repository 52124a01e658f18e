"""A column is bound to the trail after those that were bound before."""

from tests.rules.bound import COMMAND, bound_columns, moved, recorded_columns


def test_new_columns_are_bound_after_the_older_ones() -> None:
    before, now = recorded_columns(), bound_columns()
    assert moved(before, now) == [], "put new columns at the end of __bound__"
    assert before == now, f"record what is bound: {COMMAND}"


def test_a_column_put_in_the_middle_is_told() -> None:
    before = {"fund": ("id", "code", "rules")}
    assert moved(before, {"fund": ("id", "code", "limit", "rules")}) == ["fund"]
    assert moved(before, {"fund": ("id", "code", "rules", "limit")}) == []
