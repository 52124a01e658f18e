"""What each row of a history does: the fund's own acts, by the system actor "import"."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.funds.models import Fund
from grants.desk.moving_in.history.plan import Files

Perform = Callable[["Context", Session, Any], bool]
"""Does one row; false if its content is in the books already."""


@dataclass
class Context:
    """Into which fund, what was read, and how many rows of each file were new."""

    fund: Fund
    files: Files
    new: dict[str, int] = field(default_factory=dict)
    deposits: frozenset[str] = frozenset()
    """The bank's references of the deposits that were on record before."""

    def count(self, file: str, rows: int = 1) -> None:
        self.new[file] = self.new.get(file, 0) + rows


def by_import(reason: str | None = None) -> Act:
    return Act.by_system("import", reason)
