"""Signatures as the PDF shows them, how they were given, and the files that it encloses."""

from dataclasses import dataclass
from datetime import datetime

from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.taxonomies import Term
from grants.platform.documents.models import Document


class Way(Term):
    """How a side signed."""

    CODE = "code", _l("accepted online with a code sent by e-mail")
    FACTOR = "factor", _l("accepted online with a second factor")
    UPLOAD = "upload", _l("signed copy uploaded")


@dataclass(frozen=True, slots=True)
class Stamp:
    """A signature as the PDF shows it."""

    side: str
    name: str
    function: str
    signed_at: datetime
    way: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Copied:
    """A file that is enclosed in the PDF that both have signed."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Signed:
    """How a side signs: its name and function as they stand under the paper."""

    name: str
    function: str
    way: Way
    document: Document | None = None
    """The signed copy, where one is uploaded."""

    def stamped(self, side: str, at: datetime, sha256: str) -> Stamp:
        """As it stands under the paper; DomainError while the name or the copy is missing."""
        name, function = self.name.strip(), self.function.strip()
        if not name or not function:
            raise DomainError(_("Enter the name and the function of the person who signs."))
        if (self.way is Way.UPLOAD) != (self.document is not None):
            raise DomainError(_("Add the signed copy."))
        return Stamp(side, name, function, at, self.way.value, sha256)
