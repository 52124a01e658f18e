"""What USD 100 of a fund became, by the ledger: for help, for running the fund, still held."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from grants.books.ledger.cash import source_and_use
from grants.books.ledger.queries import balances
from grants.core.funds.models import Fund
from grants.core.kernel.money import Money, usd

BEGINNING = date(1990, 1, 1)
"""Before any fund of ours."""
HUNDRED = 100_00
"""In cents, as the parts are."""


@dataclass(frozen=True, slots=True)
class Hundred:
    """Everything that a fund has received, less what went back to donors, and what became of it:
    together the parts are the whole, and so they are of USD 100, to the cent.
    """

    whole: Money
    help: Money
    """Paid to organisations, less what they returned."""
    costs: Money
    """Of running the fund, bank charges included."""
    promised: Money
    """Held for grants that are approved or signed."""
    free: Money
    """Held, and not promised yet."""

    @property
    def parts(self) -> tuple[Money, ...]:
        return (self.help, self.costs, self.promised, self.free)

    @property
    def shares(self) -> tuple[Money, ...]:
        """The parts of USD 100, in the same order."""
        return tuple(map(usd, shares_of(HUNDRED, [part.minor for part in self.parts])))


def shares_of(whole: int, parts: Sequence[int]) -> list[int]:
    """A sum in proportion to parts, to the unit: what rounding leaves goes to the largest rests."""
    every = sum(parts)
    shares = [whole * part // every for part in parts]
    rests = sorted(range(len(parts)), key=lambda place: -(whole * parts[place] % every))
    for place in rests[: whole - sum(shares)]:
        shares[place] += 1
    return shares


def hundred_of(session: Session, fund: Fund, until: date) -> Hundred | None:
    """What became of the money of a fund since it began; None before there is any."""
    figures, books = source_and_use(session, fund, BEGINNING, until), balances(session, fund, until)
    use, held = figures.use, figures.closing_balance
    help_ = use.transfers_to_grantees - figures.source.refunds_from_grantees
    costs = use.programme_support_cost + use.direct_costs
    costs += use.administration_fees + use.bank_charges
    promised = min(books.commitments + books.reserved, held)
    parts = (help_, costs, promised, held - promised)
    if min(parts) < usd(0) or not sum(part.minor for part in parts):
        return None
    return Hundred(help_ + costs + held, *parts)
