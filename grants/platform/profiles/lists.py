"""The column of a fact in a list of those whose profile it is part of."""

from collections.abc import Callable, Sequence
from typing import Any

from grants.core.database.db import Base
from grants.platform.profiles.facts import Fact
from grants.platform.tables.columns import Column


def column_of(fact: Fact, records: Callable[[Any], Sequence[Base]], *, is_shown: bool) -> Column:
    """`records`: those that keep the profile of a row."""
    return Column(
        fact.label,
        lambda row: fact.kind.cell(fact.kept_by(*records(row))),
        kind=fact.kind.column,
        shown=is_shown,
    )
