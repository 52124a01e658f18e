"""What a run prints, and what became of each statement."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import Session

from grants.core.funds.models import Fund
from grants.core.kernel.language import OFFERED
from grants.core.people.models import Organisation
from grants.giving.donors.models import Donor
from grants.giving.donors.queries import NOT_MERGED
from grants.giving.pledges.models import Pledge
from grants.papers.typesetting.paper import Span

DOCUMENT = "donor-statement"


@dataclass(frozen=True, slots=True)
class Order:
    """The statements of one period: of every donor, or of the donors of one fund."""

    span: Span
    fund: str | None = None
    """Code; none: each statement is about all funds."""
    language: str | None = None
    """None: each donor's own."""

    def as_record(self) -> dict[str, str | None]:
        """The order as plain values, by which a folder is recognised."""
        return {"period": self.span.code, "fund": self.fund, "language": self.language}


@dataclass(frozen=True, slots=True)
class Item:
    """One statement to print."""

    donor: str
    """Code."""
    language: str
    fund: str | None = None

    @property
    def reference(self) -> str:
        """By which the catalogue knows it."""
        return f"{self.donor}/{self.fund}" if self.fund else self.donor

    @property
    def file(self) -> str:
        """Safe in every file system, and no other donor's: codes that do not show whole in it, or
        differ only by their capitals, get a mark made of the code.
        """
        shown = re.sub(r"[^A-Za-z0-9-]+", "-", self.donor)[:60].strip("-") or "donor"
        if shown != self.donor or shown != shown.upper():
            shown += f"_{hashlib.sha256(self.donor.encode()).hexdigest()[:10]}"
        return f"{DOCUMENT}-{shown}.pdf"


@dataclass(frozen=True, slots=True)
class Line:
    """A statement that is in the folder: a line of the manifest."""

    donor: str
    language: str
    file: str
    sha256: str
    size: int
    """Bytes."""
    pages: int
    key: str
    """Of what it was printed from: where it is still the same, the file is still right."""


@dataclass(frozen=True, slots=True)
class Printed:
    """The statement is there: printed now, or found to be right."""

    line: Line
    fresh: bool


@dataclass(frozen=True, slots=True)
class Failed:
    """The statement of this donor could not be made; the others go on."""

    donor: str
    why: str


@dataclass(slots=True)
class Tally:
    """How far a run has come."""

    total: int
    lines: dict[str, Line] = field(default_factory=dict)
    """The statements that are there, by the donor's code."""
    fresh: int = 0
    """Of them, printed by this run; the others were present and correct."""
    failures: list[Failed] = field(default_factory=list)
    manifest: Path | None = None

    @property
    def done(self) -> int:
        return len(self.lines) + len(self.failures)

    def count(self, outcome: Printed | Failed) -> None:
        if isinstance(outcome, Failed):
            self.failures.append(outcome)
        else:
            self.lines[outcome.line.donor] = outcome.line
            self.fresh += outcome.fresh


def items(session: Session, order: Order) -> Sequence[Item]:
    """Every donor in the register or with a pledge, by code; for a fund, who pledged to it."""
    pledged = exists().where(Pledge.donor_id == Organisation.id)
    which: ColumnElement[bool] = or_(Donor.organisation_id.is_not(None) & NOT_MERGED, pledged)
    if order.fund:
        fund_id = select(Fund.id).where(Fund.code == order.fund).scalar_subquery()
        which = pledged.where(Pledge.fund_id == fund_id)
    query = (
        select(Organisation.code, Donor.language)
        .join(Donor, Donor.organisation_id == Organisation.id, isouter=True)
        .where(which)
        .order_by(Organisation.code.collate("C"))
    )
    return [
        Item(code, _spoken_language(order.language or donor_language), order.fund)
        for code, donor_language in session.execute(query)
    ]


def _spoken_language(language: str | None) -> str:
    return language if language in OFFERED else "en"
