"""What can be signed, and how it is drawn: told by the rooms above when the house is joined."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.kernel.slots import Slot
from grants.deciding.awards.models import Award
from grants.granting.signing.models import Signing
from grants.platform.signatures import drawing
from grants.platform.signatures.drawing import Drawn


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of paper that both sides sign."""

    name: str
    document: str
    """Its name in the catalogue of papers, whose facts have a field `signatures`."""
    label: Any
    """What it is called, in the reader's language."""
    require_ready: Callable[[Session, Award, str, Act], None]
    """Raises what stands in the way of sending the paper of this reference out, or of signing."""
    require_officer: Callable[[Session, Award, Act], None]
    """Refuses an officer who may not sign this paper for the fund."""
    conclude: Callable[[Session, Signing, Act], None]
    """What holds once both sides have signed; by the person who signed last."""
    lapse: Callable[[Session, Signing, Act], None]
    """What becomes of it when the grantee did not sign in time; the fund's money is locked."""
    page: str
    """The endpoint of the page of the grant to which it leads back."""


KINDS: Slot[Kind] = Slot("grants.granting.signing.papers.KINDS")
"""The agreement, and the amendment."""


def kind_of(name: str) -> Kind:
    """The kind of paper of this name."""
    return next(kind for kind in KINDS if kind.name == name)


def drawn(session: Session, kind: str, reference: str, language: str) -> Drawn:
    """The paper as it stands now."""
    return drawing.drawn(session, kind_of(kind).document, reference, language)
