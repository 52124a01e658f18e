"""What comes with the words of a document: pictures and files.

A process that prints is there sooner for knowing this and nothing of the records.
"""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _

if TYPE_CHECKING:
    from grants.core.funds.models import FundPicture


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of the fund, kept as PNG; on the page it is named by its hash."""

    sha256: str
    content: bytes = field(repr=False)

    @classmethod
    def drawn(cls, content: bytes | None) -> "Picture | None":
        """Of a picture that is drawn for one document."""
        return cls(hashlib.sha256(content).hexdigest(), content) if content else None

    @classmethod
    def of(cls, picture: "FundPicture | None") -> "Picture | None":
        return cls(picture.sha256, picture.content) if picture else None


class Unprintable(DomainError):
    """The document asks for something outside itself, and is not printed."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "This document refers to a file or address outside itself, so it has "
                "not been produced."
            )
        )

    def __reduce__(self) -> tuple[type["Unprintable"], tuple[()]]:
        """As a helper hands it to the process that asks."""
        return Unprintable, ()


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file kept inside the PDF: the same facts, for a machine to read."""

    name: str
    content: bytes
    description: str
    at: datetime
