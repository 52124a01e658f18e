"""What a fault leaves in doubt: whatever hangs on a row that cannot be taken over is not judged, so
that what follows from a fault is not reported as another one, and all the others are reported
together.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from grants.core.kernel.errors import InvalidInput
from grants.core.texts.cells import currency_code

Thing = tuple[str, str]
"""A kind (donor, organisation, pledge, grant, or what came on a pledge, what was paid of a grant)
and the name of one.
"""
Cell = Callable[[str], str | None]
"""What a row says in a column, None for nothing."""

_STOPS = {
    "rates.csv": (("rate", "currency"),),
    "donors.csv": (("donor", "code"),),
    "organisations.csv": (("organisation", "code"),),
    "pledges.csv": (("pledge", "reference"),),
    "deposits.csv": (("received", "pledge"),),
    "grants.csv": (("grant", "reference"),),
    "instalments.csv": (("grant", "grant"),),
    "payments.csv": (("paid", "grant"),),
}
"""What cannot be judged without a row of each file, by the column that names it."""

_HANGS_ON = {
    "donors.csv": (("donor", "code"),),
    "organisations.csv": (("organisation", "code"),),
    "pledges.csv": (("donor", "donor"), ("pledge", "reference")),
    "deposits.csv": (("pledge", "pledge"),),
    "grants.csv": (("organisation", "organisation"), ("grant", "reference")),
    "instalments.csv": (("grant", "grant"),),
    "payments.csv": (("grant", "grant"), ("paid", "grant")),
    "grant_refunds.csv": (("grant", "grant"), ("paid", "grant")),
    "other.csv": (("pledge", "pledge"), ("received", "pledge")),
}
"""What a row of each file hangs on."""

_MONEY = frozenset({"deposits.csv", "grant_refunds.csv", "other.csv"})
_GOES_OUT = frozenset({"bank_charge", "refund_to_donor", "direct_cost", "administration_fee"})


def _things_named(places: Iterable[tuple[str, str]], cell: Cell) -> set[Thing]:
    return {(kind, name) for kind, column in places if (name := cell(column)) is not None}


def _is_currency(text: str) -> bool:
    try:
        return bool(currency_code(text))
    except InvalidInput:
        return False


@dataclass
class Doubts:
    """What cannot be judged in one import."""

    things: set[Thing] = field(default_factory=set)
    short: bool = False
    """Money that should have come was refused: what it was spent on cannot be judged."""

    def without(self, file: str, cell: Cell) -> None:
        """A row is not taken over."""
        self.things |= _things_named(_STOPS.get(file, ()), cell)
        self.short = self.short or (file in _MONEY and cell("kind") not in _GOES_OUT)

    def about(self, file: str, cell: Cell) -> bool:
        """Does this row hang on something that is not taken over?"""
        return not self.things.isdisjoint(_things_named(_HANGS_ON.get(file, ()), cell))

    def of_rate(self, currency: str) -> bool:
        """May a rate of this currency have been refused?"""
        refused = {name for kind, name in self.things if kind == "rate"}
        return currency in refused or not all(map(_is_currency, refused))
