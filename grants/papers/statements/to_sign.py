"""Papers that both sides sign: as they stand now, and with the stamps of both signatures."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time

from sqlalchemy.orm import Session

from grants.core.kernel.language import use_language
from grants.papers.statements.catalogue import paper_of
from grants.papers.statements.issuing import facts_of, file_name, print_source_of
from grants.papers.typesetting.enclosed import Enclosure
from grants.papers.typesetting.paper import Paper
from grants.platform.documents import origin
from grants.platform.signatures.drawing import Drawn
from grants.platform.signatures.stamps import Copied, Stamp


@dataclass(frozen=True, slots=True)
class ToSign:
    """A paper as it stands now; what is printed of it later says the same."""

    paper: Paper
    language: str

    @property
    def facts_sha256(self) -> str:
        return origin.digest(facts_of(self.paper))

    @property
    def file_name(self) -> str:
        return file_name(self.paper)

    def printed(self, stamps: Sequence[Stamp] = (), copies: Sequence[Copied] = ()) -> bytes:
        """The PDF of the paper; with both signatures it encloses the PDF that was signed."""
        facts = replace(self.paper.facts, signatures=tuple(stamps))
        with use_language(self.language):
            source = print_source_of(replace(self.paper, facts=facts, language=self.language))
        enclosed = tuple(self._enclosure(copied) for copied in copies)
        return replace(source, enclosures=(*source.enclosures, *enclosed)).printed()

    def _enclosure(self, copied: Copied) -> Enclosure:
        day = datetime.combine(self.paper.on, time(), UTC)
        return Enclosure(copied.name, copied.content, self.paper.title, day)


def draw(session: Session, document: str, reference: str, language: str) -> Drawn:
    """A document of the catalogue that both sides sign, in one language."""
    with use_language(language):
        return ToSign(paper_of(session, document, reference), language)
