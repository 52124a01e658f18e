"""The last sign of a reference betrays a typing error, and numbers of a series have no gap."""

from itertools import pairwise

import pytest

from grants.core.database.numbering import _SIGNS, check_mark, fits

BODIES = ["UNVTF-P-2026-0001", "UNVTFCFS-P-2031-0987", "A-P-1999-12345"]


def whole(body: str) -> str:
    return f"{body}-{check_mark(body)}"


@pytest.mark.parametrize("body", BODIES)
def test_every_single_wrong_sign_is_noticed(body: str) -> None:
    reference = whole(body)
    assert fits(reference)
    for place, right in enumerate(reference):
        if right == "-":
            continue
        for wrong in set(_SIGNS) - {right}:
            assert not fits(reference[:place] + wrong + reference[place + 1 :]), wrong


@pytest.mark.parametrize("body", BODIES)
def test_two_neighbours_swapped_are_noticed(body: str) -> None:
    typed = whole(body).replace("-", "")
    for place, (one, other) in enumerate(pairwise(typed)):
        if one != other:
            assert not fits(typed[:place] + other + one + typed[place + 2 :])


def test_hyphens_spaces_and_small_letters_do_not_matter() -> None:
    reference = whole(BODIES[0])
    assert fits(reference.lower().replace("-", " "))
    assert not fits("")
    assert not fits("U")


def test_the_procedure_of_the_standard() -> None:
    """ISO 7064, MOD 37,36, worked out by hand for 1C1:

    36+1=37→1·2=2; 2+12=14·2=28; 28+1=29·2=58→21; 37−21=16 → G.
    """
    assert check_mark("1C1") == "G"
