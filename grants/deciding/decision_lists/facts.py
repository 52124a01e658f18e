"""What a list of decisions says: plain values, which page and paper lay out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from grants.core.kernel.money import Money, total
from grants.deciding.board.models import Advice, Endorsement
from grants.deciding.board.service import BoardAdvice


@dataclass(frozen=True, slots=True)
class AdviceGiven:
    """What the Board said; `votes`: for, against, abstained, recused; None on paper."""

    endorsement: Endorsement
    label: str
    session_on: date
    remarks: str
    votes: tuple[int, int, int, int] | None

    @classmethod
    def of(cls, advice: Advice | BoardAdvice | None) -> "AdviceGiven | None":
        """The facts of the advice as it is kept, or as the votes of a session make it."""
        if advice is None:
            return None
        if isinstance(advice, BoardAdvice):
            cast = advice.votes
            votes = (cast.in_favour, cast.against, cast.abstained, cast.recused) if cast else None
        else:
            counts = (
                advice.votes_for,
                advice.votes_against,
                advice.abstentions,
                advice.recusals,
            )
            votes = tuple(counts) if None not in counts else None  # type: ignore[assignment]
        label, remarks = str(advice.endorsement.label), advice.remarks.strip()
        return cls(advice.endorsement, label, advice.session_on, remarks, votes)


@dataclass(frozen=True, slots=True)
class DecisionTaken:
    """Who decided last, when, and why."""

    by: tuple[str, ...]
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Line:
    """One application. Of one that is shut to the reader, the title and the country."""

    title: str
    country: str | None
    shut: bool = False
    reference: str = ""
    organisation: str = ""
    rank: int | None = None
    score: Decimal | None = None
    requested: Money | None = None
    recommended: Money | None = None
    departure: str = ""
    """Why it was recommended before others that are ranked above it."""
    put_off: str = ""
    """Why the Board did not advise on it in this session."""
    advice: AdviceGiven | None = None
    status: str = ""
    tone: str = "neutral"
    pending: bool = False
    """A decision is still awaited."""
    award: str = ""
    awarded: Money | None = None
    decision: DecisionTaken | None = None


@dataclass(frozen=True, slots=True)
class Signer:
    """Who signs, and as what; the name is left open where a person is not known."""

    name: str
    capacity: str


@dataclass(frozen=True, slots=True)
class DecisionList:
    """The decisions of one session of the Board, or of one call, for one reader."""

    subject: str
    """The number of the session or the call."""
    title: str
    held_on: date | None
    """Of a session."""
    lines: tuple[Line, ...]
    left_out: int
    """How many applications are shut to the reader and are no lines."""
    signers: tuple[Signer, ...]

    @property
    def awarded(self) -> Money:
        """The awards on this list."""
        return total(line.awarded for line in self.lines if line.awarded)

    @property
    def pending(self) -> int:
        """On how many of its lines a decision is still awaited."""
        return sum(line.pending for line in self.lines)


def officers(lines: Sequence[Line]) -> tuple[str, ...]:
    """Who approved the awards of these lines, each once."""
    return tuple(
        dict.fromkeys(
            name for line in lines if line.awarded and line.decision for name in line.decision.by
        )
    )
