"""Papers to sign that are drawn without a press: a line instead of a PDF, and the real facts."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pytest
from sqlalchemy.orm import Session

from grants.papers.statements import to_sign
from grants.platform.signatures.drawing import DRAW, Drawn
from grants.platform.signatures.stamps import Copied, Stamp


@dataclass(frozen=True)
class Quick:
    """What is drawn, and the words that stand for its PDF."""

    real: Drawn

    @property
    def facts_sha256(self) -> str:
        return self.real.facts_sha256

    @property
    def file_name(self) -> str:
        return self.real.file_name

    def printed(self, stamps: Sequence[Stamp] = (), copies: Sequence[Copied] = ()) -> bytes:
        signed = "; ".join(f"{stamp.name}, {stamp.function}" for stamp in stamps)
        return f"%PDF {self.facts_sha256} {signed} {len(copies)}".encode()


def _draw_quickly(session: Session, document: str, reference: str, language: str) -> Drawn:
    return Quick(to_sign.draw(session, document, reference, language))


@pytest.fixture
def quick_papers() -> Iterator[None]:
    """No press is asked."""
    DRAW.give(_draw_quickly)
    yield
    DRAW.give(to_sign.draw)
