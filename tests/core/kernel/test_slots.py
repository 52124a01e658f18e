"""What a room needs from above is given, or nothing starts."""

import gc
import subprocess
import sys

import pytest

from grants.core.kernel.slots import Slot, Unfilled, refuse_unfilled


def test_a_slot_holds_its_own_and_what_was_given() -> None:
    slot = Slot("room.SLOT", 1)
    slot.give(2, 3)
    assert list(slot) == [1, 2, 3]
    slot.give(4)
    assert (list(slot), len(slot)) == ([1, 4], 2)


def test_a_slot_that_was_not_filled_names_itself_and_the_place_to_fill_it() -> None:
    slot = Slot("room.SLOT", 1)
    said = r"room\.SLOT is not filled: fill it in join_rooms of grants/assembly\.py"
    with pytest.raises(Unfilled, match=said):
        list(slot)
    with pytest.raises(Unfilled, match=said):
        refuse_unfilled()
    del slot
    gc.collect()
    refuse_unfilled()


def test_nothing_is_not_a_filling() -> None:
    with pytest.raises(ValueError, match="at least one"):
        Slot[int]("room.SLOT").give()


def test_no_application_is_shown_where_conflicts_of_interest_are_not_asked_for() -> None:
    """In a process without the assembly, as a script or a shell would be."""
    code = (
        "from grants.applying.applications.queries import visible_to\n"
        "from grants.core.people.viewer import system\n"
        "visible_to(system('script'))"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert ended.returncode == 1
    assert "Unfilled: applications.queries.BARS is not filled" in ended.stderr
