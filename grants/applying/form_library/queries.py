"""The parts of a fund's library."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.applying.form_library.models import LibraryPart
from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _


def parts_of(session: Session, fund_id: int, first: int, most: int) -> Sequence[LibraryPart]:
    """Some parts, sections before questions, the newest first."""
    parts = select(LibraryPart).where(LibraryPart.fund_id == fund_id)
    newest = parts.order_by(LibraryPart.kind.desc(), LibraryPart.id.desc())
    return session.scalars(newest.offset(first).limit(most)).all()


def part_of(session: Session, fund_id: int, number: int) -> LibraryPart:
    """A part of this fund's library, or Missing."""
    part = session.get(LibraryPart, number)
    if part is None or part.fund_id != fund_id:
        raise Missing(_("This part is no longer in the library."))
    return part
