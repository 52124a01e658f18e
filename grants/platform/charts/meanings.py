"""What a colour of figures means: the same on every chart, page and paper.

The colours stand in `_tokens.scss`, each under the name of its meaning.
"""

from enum import StrEnum

from grants.platform.web.tokens import colours


class Meaning(StrEnum):
    """What a bar, a column or a bubble counts."""

    PLEDGED = "pledged"
    """By donors, not signed yet."""
    SIGNED = "signed"
    """By donors in an agreement."""
    RECEIVED = "received"
    """From donors and others: what came into the fund."""
    EXPECTED = "expected"
    """Still to come from donors."""
    NEEDED = "needed"
    """For grants, awarded or requested."""
    AWARDED = "awarded"
    """To organisations."""
    PAID = "paid"
    """Out of the fund, or to organisations."""
    COSTS = "costs"
    """Of running the fund."""
    HELD = "held"
    """Cash that is still there."""
    PEOPLE = "people"

    @property
    def colour(self) -> str:
        return colours()[self]
