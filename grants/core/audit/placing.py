"""When rows took their place in the chain: by the database's clock, and never before another row.

`at` is the day that an act tells of; `placed_at` is the moment at which the database put its row at
the end of the chain. An act that tells of an earlier day than the one before is refused as it is
written, and told by verification: only an import of earlier records tells of earlier days, and the
demonstration, which says in the trail where it begins and ends.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from grants.core.kernel.language import gettext as _

LATE = timedelta(days=1)
"""So long after its moment an act may be placed: a long job is one transaction, or many."""
SKEW = timedelta(minutes=5)
"""So much the clocks of the database and of the host that signs the head may differ."""
IMPORT = "import"
"""The actor of what is taken over from earlier records; it is no person."""
DEMONSTRATION, BEGIN, END = "demonstration", "begin_demonstration", "end_demonstration"
"""The rows between which the demonstration stands: once, and before any person has acted."""


class Order:
    """Looks at the rows of the chain one after the other."""

    def __init__(self, anchored: Mapping[int, datetime]) -> None:
        self._anchored = anchored
        """When so many rows were anchored."""
        self._last: datetime | None = None
        self._persons = False
        """Has anybody acted outside the demonstration, or has it ended?"""
        self._demonstration = False

    def breaches(self, link: Mapping[str, Any]) -> Iterator[str]:
        """A sentence for each way in which a row is out of its time."""
        position, placed = link["position"], link["placed_at"]
        if self._last and (placed is None or placed < self._last):
            yield _(
                "Audit trail: row %(position)s is older than the row before it.", position=position
            )
        anchored = self._anchored.get(position - 1)
        if anchored and placed and placed < anchored - SKEW:
            yield _(
                "Audit trail: row %(position)s is older than the anchor before it.",
                position=position,
            )
        if placed and self._is_late(link, placed):
            yield _(
                "Audit trail: row %(position)s is dated %(day)s, but was written on %(written)s.",
                position=position,
                day=link["at"].date().isoformat(),
                written=placed.date().isoformat(),
            )
        self._last = placed or self._last

    def _is_late(self, link: Mapping[str, Any], placed: datetime) -> bool:
        if link["subject"] == DEMONSTRATION and not self._persons:
            self._demonstration = link["action"] == BEGIN
            self._persons = link["action"] == END
        elif link["person_id"] is not None and not self._demonstration:
            self._persons = True
        imported = link["actor"] == IMPORT and link["person_id"] is None
        late = link["at"] is not None and link["at"] < placed - LATE
        return late and not imported and not self._demonstration
