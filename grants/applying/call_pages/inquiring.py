"""The public questions about a call and their answers: kept by a room above."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from grants.applying.calls.models import Call
from grants.core.kernel.slots import Slot


@dataclass(frozen=True, slots=True)
class Published:
    """A question and its answer as everyone reads them."""

    question: str
    answer: str
    at: datetime


PUBLISHED: Slot[Callable[[Session, Call], Sequence[Published]]] = Slot("calls.inquiring.PUBLISHED")
"""What has been answered about a call."""
