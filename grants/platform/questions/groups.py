"""Numbers of people by a funder's own groups and bands, and what these are in the fund's results.

Each group or band may say which sex and age band of the results it counts as. What says neither, or
lies across two, is counted among all people and under no band.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import ClassVar, Self

from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import in_language
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.taxonomies import AgeBand, Sex
from grants.platform.questions.base import Option, Rewording
from grants.platform.questions.choices import Group, choices_reworded, code_faults
from grants.platform.questions.people import IN_ALL, Beneficiaries
from grants.platform.questions.reading import Grid

OF_NONE = ""
"""Where no sex or no age band is known."""


@dataclass(frozen=True, kw_only=True)
class PeopleByGroup(Beneficiaries):
    """Numbers of people in each group, in all or by band."""

    kind: ClassVar[str] = "people_by_group"
    kind_name: ClassVar[str] = _l("People by groups and bands of your own")
    groups: tuple[Group, ...] = ()
    bands: tuple[Group, ...] = ()
    """Empty: one number for each group."""

    @property
    def row_items(self) -> list[Option]:
        return [(group.code, in_language(group.label)) for group in self.groups]

    @property
    def column_items(self) -> list[Option]:
        bands = [(band.code, in_language(band.label)) for band in self.bands]
        return bands or [(IN_ALL, _("People"))]

    def rule(self) -> str:
        return _("Numbers of people by group")

    def table(self, value: Mapping[str, Mapping[str, int]]) -> Grid:
        columns = self.column_items
        counts = {
            label: [value.get(row, {}).get(column, 0) for column, _head in columns]
            for row, label in self.row_items
        }
        heads = [(head, "number") for _code, head in columns]
        feet = [sum(column) for column in zip(*counts.values(), strict=True)]
        if not self.bands:
            return Grid(
                heads=((_("Group"), "text"), *heads),
                rows=tuple((label, *row) for label, row in counts.items()),
                foot=(_("Total"), *feet),
            )
        return Grid(
            heads=((_("Group"), "text"), *heads, (_("Total"), "number")),
            rows=tuple((label, *row, sum(row)) for label, row in counts.items()),
            foot=(_("Total"), *feet, sum(feet)),
        )

    def by_sex_and_age(self, value: Mapping[str, Mapping[str, int]]) -> dict[str, dict[str, int]]:
        """The people by sex and age band of the fund's results; under `OF_NONE` those of groups
        that are of no single sex, or of no single age band.
        """
        counts: dict[str, dict[str, int]] = {}
        groups = {group.code: group for group in self.groups}
        bands = {band.code: band for band in self.bands}
        for row, cells in value.items():
            for column, number in cells.items():
                of = [part for part in (groups.get(row), bands.get(column)) if part]
                sex = next((part.sex for part in of if part.sex), OF_NONE)
                age = next((part.age for part in reversed(of) if part.age), OF_NONE)
                if OF_NONE in (sex, age):
                    sex = age = OF_NONE
                cell = counts.setdefault(sex, {})
                cell[age] = cell.get(age, 0) + number
        return counts

    def reworded(self, change: Rewording) -> Self:
        question = super().reworded(change)
        return replace(
            question,
            groups=choices_reworded(self, self.groups, change),
            bands=choices_reworded(self, self.bands, change),
        )

    def faults(self) -> Iterator[str]:
        yield from super().faults()
        if not self.groups:
            yield _("give it at least one group")
        for parts in (self.groups, self.bands):
            yield from code_faults(parts)
        for part in (*self.groups, *self.bands):
            if part.sex not in ("", *Sex) or part.age not in ("", *AgeBand):
                yield _("“%(code)s” refers to a sex or an age that is not known", code=part.code)
