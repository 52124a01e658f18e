"""The rule by which grants take earmarked money, without a database: what fits, what comes first,
and what moves when a grant is reserved, signed, paid, reduced or refunded.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from grants.core.countries.countries import countries_in, regional_group
from grants.core.kernel.taxonomies import RegionalGroup, Service, Window
from grants.granting.earmarks.models import Stage

ANY_COUNTRY = 10_000
"""More countries than there are: an earmark that names none is the widest."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What a contribution may be spent on. A term that is missing binds nothing."""

    window: Window | None = None
    countries: tuple[str, ...] = ()
    region: RegionalGroup | None = None
    theme: Service | None = None
    call_id: int | None = None
    award_id: int | None = None
    until: date | None = None
    """The last day on which a grant may take from it."""

    @property
    def binds(self) -> bool:
        """Is there anything that it does not fit?"""
        return self != Terms()


@dataclass(frozen=True, slots=True)
class Purpose:
    """What a grant is for, as far as earmarks ask."""

    country: str | None = None
    window: str | None = None
    call_id: int | None = None
    award_id: int | None = None
    services: frozenset[str] = frozenset()


def fits(terms: Terms, purpose: Purpose, on: date) -> bool:
    """May money under these terms be taken for this purpose on a day?"""
    return suits(terms, purpose) and (terms.until is None or on <= terms.until)


def suits(terms: Terms, purpose: Purpose) -> bool:
    """Is the purpose within the terms, whatever the day?"""
    group = regional_group(purpose.country or "")
    return (
        terms.award_id in {None, purpose.award_id}
        and terms.call_id in {None, purpose.call_id}
        and terms.window in {None, purpose.window}
        and (not terms.countries or purpose.country in terms.countries)
        and terms.region in {None, group}
        and (terms.theme is None or terms.theme in purpose.services)
    )


Narrowness = tuple[int, int, date, date, int]


def narrowness(terms: Terms, pledged_on: date, pledge_id: int) -> Narrowness:
    """Sorts the narrowest first: the fewest countries, then the most other terms, then the one that
    ends first, then the oldest.
    """
    if terms.countries:
        countries = len(terms.countries)
    else:
        countries = len(countries_in([terms.region])) if terms.region else ANY_COUNTRY
    others = (terms.award_id, terms.call_id, terms.theme, terms.window)
    number = sum(term is not None for term in others)
    return countries, -number, terms.until or date.max, pledged_on, pledge_id


@dataclass(frozen=True, slots=True)
class Source:
    """An earmarked contribution from which a grant may take."""

    pledge_id: int
    order: Narrowness
    idle: int
    """US cents that no grant has taken."""

    def chosen(self, first: int | None) -> "Source":
        """Before all others if it is the contribution that a person chose."""
        if self.pledge_id != first:
            return self
        return replace(self, order=(-1, *self.order[1:]))


Amounts = Mapping[Stage, int]
Shares = Mapping[Stage, Mapping[int, int]]
"""What a grant has at each stage of each contribution, US cents."""


@dataclass
class Shift:
    """What one event moves: of which contribution, at which stage; the rest is free money."""

    moves: dict[tuple[int, Stage], int] = field(default_factory=dict)
    from_free: int = 0
    """US cents that the grant takes of free money, newly."""

    def add(self, pledge_id: int, stage: Stage, cents: int) -> None:
        self.moves[pledge_id, stage] = self.moves.get((pledge_id, stage), 0) + cents

    def items(self) -> Iterator[tuple[int, Stage, int]]:
        """What moved, without what came to nothing."""
        return ((pledge, stage, cents) for (pledge, stage), cents in self.moves.items() if cents)


def shift(shares: Shares, before: Amounts, change: Amounts, sources: Sequence[Source]) -> Shift:
    """What moves when a grant has so much more or less at its stages: `before` is all that it had,
    earmarked or free.

    Between set apart and spent the same money moves: what is paid is earmarked money first, the
    narrowest first, and what comes back is free money first, the narrowest last. A grant takes
    what fits it, the narrowest first, then free money; it gives back in the opposite order.
    """
    shifted, in_hand = Shift(), dict[int, int]()
    order = sorted(sources, key=lambda source: source.order)
    places = [source.pledge_id for source in order]
    is_paid = change.get(Stage.SPENT, 0) > 0
    for stage in Stage:
        if (less := -change.get(stage, 0)) > 0:
            share = shares.get(stage, {})
            free = before.get(stage, 0) - sum(share.values())
            parts = [(pledge, share.get(pledge, 0)) for pledge in places]
            less -= 0 if is_paid else min(less, max(free, 0))
            for pledge, cents in _taken(less, parts if is_paid else reversed(parts)):
                shifted.add(pledge, stage, -cents)
                in_hand[pledge] = in_hand.get(pledge, 0) + cents
    passes_on = all(change.get(stage, 0) for stage in (Stage.SET_APART, Stage.SPENT))
    for stage in Stage:
        if (more := change.get(stage, 0)) > 0:
            idle = {source.pledge_id: 0 if passes_on else source.idle for source in order}
            offers = [(pledge, in_hand.get(pledge, 0) + idle[pledge]) for pledge in places]
            for pledge, cents in _taken(more, offers):
                shifted.add(pledge, stage, cents)
                more -= cents
            shifted.from_free += 0 if passes_on else more
    return shifted


def _taken(cents: int, offers: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """So many cents from the first that offers some, then the next."""
    for pledge, offered in offers:
        part = min(cents, max(offered, 0))
        if part:
            yield pledge, part
            cents -= part
