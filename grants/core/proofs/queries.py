"""Who is signed in, how well that is proved, and with which factors."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from grants.core.database.seals import fits
from grants.core.people.credentials import digest
from grants.core.people.models import Person, SignIn
from grants.core.people.queries import viewer_from, viewers
from grants.core.people.viewer import Viewer
from grants.core.proofs.models import Factor, FactorKind, RecoveryCode


@dataclass(frozen=True, slots=True)
class Browser:
    """A signed-in browser: whose it is, and what was proved in it."""

    viewer: Viewer
    sign_in_id: int
    begun_at: datetime
    proved_at: datetime | None
    """When a second factor was last used in it."""
    has_factor: bool
    """Does the person have one?"""
    roomy: bool = False
    """Do the lists of this person have more space between the rows?"""
    shortcuts: bool = True
    """Do single keys do something for this person?"""

    @property
    def complete(self) -> bool:
        """Is nothing missing? A person who has a second factor has to use it; a person whose role
        needs one has to set it up first.
        """
        if self.proved_at is not None:
            return True
        return not (self.has_factor or self.viewer.needs_factor)


def browser_of(session: Session, token: str) -> Browser | None:
    """The signed-in browser with this token, unless it was signed out."""
    rows = session.execute(_BROWSERS, {"token_hash": digest(token)}).all()
    if not rows or not fits(rows[0], SignIn):
        return None
    return Browser(viewer_from(rows), *rows[0][-6:])


_HAS_FACTOR = (
    select(Factor.id)
    .where(Factor.person_id == Person.id, Factor.ended_at.is_(None))
    .correlate(Person)
    .exists()
)
_BROWSERS = (
    viewers(
        *(SignIn.token_hash, SignIn.person_id, SignIn.seal),
        *(SignIn.id, SignIn.begun_at, SignIn.proved_at, _HAS_FACTOR),
        *(Person.roomy, Person.shortcuts),
    )
    .join(SignIn, SignIn.person_id == Person.id)
    .where(SignIn.token_hash == bindparam("token_hash"), SignIn.ended_at.is_(None))
)
"""The signed-in browser of a token: worded once, since every page asks for it."""


def factors_of(
    session: Session, person_id: int, kind: FactorKind | None = None
) -> Sequence[Factor]:
    """The second factors that a person can use, the oldest first."""
    query = select(Factor).where(Factor.person_id == person_id, Factor.ended_at.is_(None))
    if kind:
        query = query.where(Factor.kind == kind)
    return session.scalars(query.order_by(Factor.id)).all()


def codes_left(session: Session, person_id: int) -> int:
    """How many recovery codes have not been used."""
    query = select(func.count()).select_from(RecoveryCode)
    unused = query.where(RecoveryCode.person_id == person_id, RecoveryCode.used_at.is_(None))
    return session.scalar(unused) or 0


def with_factor(session: Session, person_ids: Collection[int]) -> frozenset[int]:
    """Who of these people has a second factor."""
    query = select(Factor.person_id).where(
        Factor.person_id.in_(person_ids), Factor.ended_at.is_(None)
    )
    return frozenset(session.scalars(query))
