"""How old a receivable is, and what of it is doubtful. No database."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from grants.core.kernel.money import Money, total
from grants.giving.pledges.schedule import Due
from grants.giving.receivables.workflow import Band

Percents = Mapping[str, str]


def full_years(since: date, day: date) -> int:
    """Whole years from one day to another; below zero before the first one."""
    return day.year - since.year - ((day.month, day.day) < (since.month, since.day))


def band_of(due_on: date, day: date) -> Band:
    """The band of a payment: from each anniversary of its due date on, the next one."""
    if due_on > day:
        return Band.NOT_DUE
    years = full_years(due_on, day)
    return (Band.FIRST_YEAR, Band.SECOND_YEAR, Band.THIRD_YEAR, Band.LATER)[min(years, 3)]


def spread(dues: Sequence[Due], signed_on: date, owed: Money) -> list[Due]:
    """What is owed, over the promised payments: money pays the first ones first, so the last ones
    are open. Without promised payments all was due at the signature.
    """
    open_: list[Due] = []
    for due in reversed(dues):
        part = min(owed, due.amount)
        owed -= part
        if part:
            open_.insert(0, Due(due.due_on, part))
    if owed:
        first = open_[0].due_on if open_ else signed_on
        open_.insert(0, Due(min(first, dues[0].due_on) if dues else signed_on, owed))
    return open_


@dataclass(frozen=True, slots=True)
class Age:
    """The part of one receivable in one band."""

    band: Band
    amount: Money
    usd: Money
    doubtful: Money


def ages_of(
    open_: Iterable[Due], value: Money, day: date, percents: Percents, *, conditional: bool
) -> list[Age]:
    """A receivable by bands, those with nothing left out. Its USD is split so that it adds up to
    the cent. Nothing is doubtful while a condition is not met: its revenue is still deferred. On a
    day on which more had been paid than was promised (what was put right later) it is below zero.
    """
    by_band: dict[Band, Money] = {}
    for due in open_:
        band = band_of(due.due_on, day)
        earlier = by_band.get(band)
        by_band[band] = due.amount if earlier is None else earlier + due.amount
    weights = [abs(part.minor) for part in by_band.values()]
    shares = value.allocate(weights) if weights else []
    return [
        Age(
            band,
            part,
            share,
            _doubtful_part(part, percents.get(band, "0"), conditional=conditional),
        )
        for (band, part), share in zip(by_band.items(), shares, strict=True)
    ]


def _doubtful_part(part: Money, percent: str, *, conditional: bool) -> Money:
    return part.share(Decimal(0) if conditional or part.minor < 0 else Decimal(percent))


def doubtful_in(ages: Iterable[Age], currency: str) -> Money:
    return total((age.doubtful for age in ages), currency)


@dataclass(frozen=True, slots=True)
class AgedPledge:
    """One pledge that is owed, by age."""

    subject: str
    pledge: str
    donor: str
    owed: Money
    usd: Money
    due_since: date
    """The oldest day on which something of it was due."""
    conditional: bool
    ages: tuple[Age, ...]
    doubtful_usd: Money
    """At the rate of the receivable, as the books value it."""

    def usd_in(self, band: Band) -> Money:
        return total(age.usd for age in self.ages if age.band is band)

    @property
    def by_band(self) -> list[Money | None]:
        """USD of each age, in the order of the bands; None where nothing is."""
        return [self.usd_in(band) or None for band in Band]

    @property
    def doubtful(self) -> Money:
        """In the pledge's own currency."""
        return doubtful_in(self.ages, self.owed.currency)


@dataclass(frozen=True, slots=True)
class Ageing:
    """Everything that donors owed a fund at the end of a day."""

    fund: str
    on: date
    percents: Percents
    pledges: tuple[AgedPledge, ...]
    in_books: Money
    """The allowance that the books hold on that day."""

    @property
    def receivable(self) -> Money:
        return total(pledge.usd for pledge in self.pledges)

    @property
    def doubtful(self) -> Money:
        return total(pledge.doubtful_usd for pledge in self.pledges)

    def usd_in(self, band: Band) -> Money:
        return total(pledge.usd_in(band) for pledge in self.pledges)

    @property
    def by_band(self) -> list[Money]:
        """USD of each age, in the order of the bands."""
        return [self.usd_in(band) for band in Band]

    def wanted(self) -> dict[str, Money]:
        """The allowance of each pledge, by its subject in the books."""
        return {pledge.subject: pledge.doubtful for pledge in self.pledges if pledge.doubtful}
