"""What the public may know of the people whom a fund reached, as pages and papers show it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import pgettext
from grants.core.kernel.taxonomies import AgeBand, Term
from grants.core.texts.marks import spaced
from grants.granting.results.merging import (
    Counts,
    Group,
    Grouping,
    band_groupings,
    counts_apart,
    merged,
    rest_groupings,
    summed,
)

REST = 0
"""Stands for the years without a table of their own, taken together."""


ALL = "all"
"""Stands for all countries together."""


@dataclass(frozen=True, slots=True)
class Published:
    """A table for the public: people by groups of categories, none of them small."""

    kind: type[Term]
    groups: Mapping[Group, int]
    """In the order of the categories; none where there are too few people in all."""

    @property
    def total(self) -> int | None:
        """Nobody too is too few to be told of."""
        return sum(self.groups.values()) or None

    def count(self, *codes: str) -> int | None:
        """People in these categories together; None where the table does not tell."""
        categories = set(codes)
        inside = [group for group in self.groups if categories.issuperset(group)]
        is_complete = categories == {code for group in inside for code in group}
        return sum(self.groups[group] for group in inside) if is_complete else None

    @property
    def lines(self) -> list[tuple[str, int]]:
        """Groups with people in them, by name; none if everyone is in several told together."""
        counted = [(group, count) for group, count in self.groups.items() if count]
        if len(counted) == 1 and len(counted[0][0]) > 1:
            return []
        return [(name_of(self.kind, group), count) for group, count in counted]

    @property
    def nobody(self) -> str:
        """The categories in which nobody is, named."""
        return spaced(";").join(
            name_of(self.kind, group) for group, n in self.groups.items() if not n
        )


@dataclass(frozen=True, slots=True)
class PeopleReached:
    """People counted in published editions, each person once."""

    by_sex: Published
    by_age: Published
    by_form: Published
    services: Mapping[str, int | None]
    """People may use several services, in several periods: no total. None: too few to be shown."""
    smallest: int
    """Counts below it are not shown."""
    circumstances: Mapping[str, Mapping[str, int | None]] = field(default_factory=dict)
    """By pillar, recruitment and ground of discrimination, as services are counted."""
    roles: Mapping[str, Mapping[str, int | None]] = field(default_factory=dict)
    """What the country was for people → ALL or the ISO code of the grant's country ("": in several)
    → people; of all years only.
    """

    @property
    def total(self) -> int | None:
        return self.by_sex.total

    @property
    def tables(self) -> tuple[Published, ...]:
        """The tables that count each person once."""
        return self.by_sex, self.by_age, self.by_form

    def services_shown(self, terms: Iterable[tuple[str, str]]) -> list[tuple[str, int]]:
        """The services whose counts may be shown, with their names, the most used first."""
        counts = [(name, count) for code, name in terms if (count := self.services[code])]
        return sorted(counts, key=lambda row: -row[1])

    def circumstances_shown(
        self, name: str, terms: Iterable[tuple[str, str]]
    ) -> list[tuple[str, int]]:
        """The counts of one circumstance that may be shown, by name; none where nothing is told."""
        counts = self.circumstances.get(name, {})
        return [(label, count) for code, label in terms if (count := counts.get(code))]


def name_of(kind: type[Term], group: Group) -> str:
    """A category, or several that are told together."""
    first, last = kind.of(group[0]), kind.of(group[-1])
    if first is last:
        return str(first.label)
    if not isinstance(first, AgeBand):
        return " + ".join(str(kind.of(code).label) for code in group)
    low, high = first.split("-", maxsplit=1)[0], last.split("-", maxsplit=1)[-1]
    if last is AgeBand.OLDER:
        return _("%(age)s and over", age=low)
    return pgettext("ages", "%(lowest)s to %(highest)s", lowest=low, highest=high)


def published(
    kind: type[Term], years: Mapping[int, Counts], smallest: int
) -> tuple[dict[int, Published], Published]:
    """A table of each year, and of all years together, from which nobody can work out a small
    count. A year with few people has none: as many others go with it as it takes to hide it.
    """
    whole, few = summed(years.values()), Published(kind, {})
    if sum(whole.values()) < smallest:
        return dict.fromkeys(years, few), few
    apart = counts_apart({year: sum(counts.values()) for year, counts in years.items()}, smallest)
    tables = {year: counts for year, counts in years.items() if year not in apart}
    if apart:
        tables[REST] = summed(years[year] for year in sorted(apart))
    groupings, ever = merged(tables, _groupings_of(kind), smallest)
    return {
        year: few if year in apart else _published_groups(kind, groupings[year], counts)
        for year, counts in years.items()
    }, _published_groups(kind, ever, whole)


def _published_groups(kind: type[Term], grouping: Grouping, counts: Counts) -> Published:
    return Published(kind, {group: sum(counts[code] for code in group) for group in grouping})


def _groupings_of(kind: type[Term]) -> tuple[Grouping, ...]:
    codes = tuple(term.value for term in kind)
    if kind is AgeBand:
        return band_groupings(codes, codes.index(AgeBand.YOUNG))
    return rest_groupings(codes)
