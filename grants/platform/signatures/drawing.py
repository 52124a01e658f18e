"""A paper of the catalogue that two sides sign: as it stands now, and with both signatures."""

from collections.abc import Callable, Sequence
from typing import Protocol

from sqlalchemy.orm import Session

from grants.core.kernel.language import use_language
from grants.core.kernel.slots import Slot
from grants.platform.documents.models import Document
from grants.platform.documents.service import content_of
from grants.platform.signatures.stamps import Copied, Stamp


class Drawn(Protocol):
    """A paper as it stands now: the hash of what it says, and its PDF."""

    @property
    def facts_sha256(self) -> str: ...

    @property
    def file_name(self) -> str: ...

    def printed(self, stamps: Sequence[Stamp] = (), copies: Sequence[Copied] = ()) -> bytes: ...


DRAW: Slot[Callable[[Session, str, str, str], Drawn]] = Slot(
    "grants.platform.signatures.drawing.DRAW"
)
"""Draws a document of the catalogue: its name, the reference, the language."""


def drawn(session: Session, document: str, reference: str, language: str) -> Drawn:
    """The paper as it stands now."""
    (draw,) = DRAW
    return draw(session, document, reference, language)


def printed_whole(
    paper: Drawn, language: str, stamps: Sequence[Stamp], files: Sequence[Document]
) -> bytes:
    """The PDF with the signatures of both sides, and the files that they signed enclosed."""
    copies = [Copied(file.name, content_of(file)) for file in files]
    with use_language(language):
        return paper.printed(stamps, copies)
