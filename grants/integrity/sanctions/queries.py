"""Finding lists, entries and possible matches."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from sqlalchemy import ColumnElement, Select, case, exists, func, select
from sqlalchemy.orm import Session, joinedload

from grants.core.audit.queries import handled_by
from grants.core.database.moments import NOW
from grants.core.kernel import clock
from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.people.models import Organisation
from grants.core.people.viewer import Viewer
from grants.integrity.sanctions.models import (
    SanctionsEntry,
    SanctionsHit,
    SanctionsList,
    SanctionsWatch,
)
from grants.integrity.sanctions.workflow import HitState


def list_in_force(session: Session) -> SanctionsList | None:
    """The newest list that was taken."""
    return session.scalar(select(SanctionsList).order_by(SanctionsList.id.desc()).limit(1))


FRESH = timedelta(days=30)
"""The Security Council changes its list several times a month; an older one is warned of."""


def is_old(newest: SanctionsList | None) -> bool:
    """Is there no list, or one that is out of date by now?"""
    return newest is None or clock.now() - newest.generated_at > FRESH


def list_due() -> Select[int]:
    """How many lists are due to be imported: one, or none."""
    fresh = SanctionsList.generated_at >= NOW - FRESH
    newest = select(fresh).order_by(SanctionsList.id.desc()).limit(1).scalar_subquery()
    return select(case((newest, 0), else_=1))


def lists(session: Session) -> Sequence[SanctionsList]:
    """The lists that were taken lately, the newest first."""
    return session.scalars(select(SanctionsList).order_by(SanctionsList.id.desc()).limit(20)).all()


def changes(session: Session, list_id: int) -> Sequence[SanctionsEntry]:
    """Entries that came, changed or went with a list; at most 200."""
    return session.scalars(
        select(SanctionsEntry)
        .where(SanctionsEntry.changed_list_id == list_id)
        .order_by(SanctionsEntry.id)
        .limit(200)
    ).all()


def entries_by_id(session: Session, ids: Sequence[int]) -> Mapping[int, SanctionsEntry]:
    entries = session.scalars(select(SanctionsEntry).where(SanctionsEntry.id.in_(ids)))
    return {entry.id: entry for entry in entries}


def hits(state: HitState | None = None) -> Select[SanctionsHit]:
    """Possible matches with who they are about, for a list of them."""
    query = select(SanctionsHit).options(
        joinedload(SanctionsHit.organisation), joinedload(SanctionsHit.entry)
    )
    return query.where(SanctionsHit.state == state) if state is not None else query


def hit_by_id(session: Session, hit_id: int) -> SanctionsHit:
    hit = session.scalar(hits().where(SanctionsHit.id == hit_id))
    if hit is None:
        raise Missing(_("Match not found."))
    return hit


def hits_of(session: Session, organisation_id: int) -> Sequence[SanctionsHit]:
    """Everyone on the list whom an organisation was found to be like, the likeliest first."""
    return session.scalars(
        hits()
        .where(SanctionsHit.organisation_id == organisation_id)
        .order_by(SanctionsHit.score.desc(), SanctionsHit.id)
    ).all()


def matched(*states: HitState) -> ColumnElement[bool]:
    """Has the organisation of a query a match in one of these states?"""
    return exists().where(
        SanctionsHit.organisation_id == Organisation.id, SanctionsHit.state.in_(states)
    )


def count_open() -> Select[int]:
    """How many possible matches wait for a person to look at them."""
    query = select(func.count()).select_from(SanctionsHit)
    return query.where(SanctionsHit.state == HitState.OPEN)


def count_proposed(viewer: Viewer) -> Select[int]:
    """How many matches others propose to close, and wait for this person to confirm it."""
    query = select(func.count()).select_from(SanctionsHit)
    return query.where(
        SanctionsHit.state == HitState.PROPOSED,
        SanctionsHit.id.not_in(handled_by(viewer, SanctionsHit, "propose")),
    )


def watch_of(session: Session, organisation_id: int) -> SanctionsWatch | None:
    return session.get(SanctionsWatch, organisation_id)


def progress(session: Session, newest: SanctionsList) -> tuple[int, int]:
    """How many of those watched were compared with a list, and how many there are."""
    compared, watched = session.execute(
        select(func.count().filter(SanctionsWatch.list_id == newest.id), func.count()).select_from(
            SanctionsWatch
        )
    ).one()
    return int(compared), int(watched)
