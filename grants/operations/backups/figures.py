"""What a backup and its restoration are compared by: the trial balance and the head of the trail.

Plain SQL on columns that do not change, so that an older backup is compared too.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from grants.core.audit import chain
from grants.core.kernel.money import usd


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of the database at one moment."""

    trial_balance: dict[str, dict[str, str]]
    """By fund and account: USD, debit positive."""
    trail: dict[str, Any]
    """{"rows": N, "hash": HEAD}"""

    def as_json(self) -> dict[str, Any]:
        return {"trial_balance": self.trial_balance, "trail": self.trail}


def figures_of(session: Session) -> Figures:
    """Read them from the postings and from the chain."""
    balance: dict[str, dict[str, str]] = {}
    for code, account, cents in session.execute(_BALANCE):
        balance.setdefault(code, {})[account] = str(usd(int(cents)))
    head = chain.head(session)
    return Figures(balance, {"rows": head.rows, "hash": head.hash})


_BALANCE = text(
    "SELECT fund.code, account, sum(usd_minor) FROM posting JOIN entry ON entry.id = entry_id"
    " JOIN fund ON fund.id = entry.fund_id GROUP BY 1, 2 ORDER BY 1, 2"
)


def files_in_use(session: Session) -> set[str]:
    """SHA-256 of every file that a record names."""
    hashes = session.scalars(
        text("SELECT sha256 FROM document UNION SELECT sha256 FROM certificate_copy")
    )
    return set(hashes)
