"""Allegations as the named persons read them; whether one stops payments, for all others."""

from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, Select, exists, false, select
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload

from grants.core.funds.models import Fund
from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.people.models import Organisation, Person
from grants.core.people.permissions import Permission
from grants.core.people.queries import in_funds_with, people_of_fund
from grants.core.people.viewer import Scope, Viewer
from grants.core.texts.counting import counting
from grants.deciding.awards.models import Award
from grants.deciding.awards.workflow import SIGNED
from grants.granting.allegations.models import Allegation, AllegationEntry, AllegationReader
from grants.granting.allegations.workflow import STOPPING, AllegationState


def is_reader(viewer: Viewer) -> ColumnElement[bool]:
    """May this person read the allegation of the query? Only a person named for its fund who still
    works for it, and never one who acts for the organisation that it is about.
    """
    if viewer.person_id is None:
        return false()
    reads = exists().where(
        AllegationReader.fund_id == Allegation.fund_id,
        AllegationReader.person_id == viewer.person_id,
        AllegationReader.ended_at.is_(None),
    )
    apart = Allegation.organisation_id.not_in(viewer.organisation_ids)
    ours = in_funds_with(viewer, Permission.ALLEGATION_EXAMINE, Allegation.fund_id)
    return reads & apart & ours


def allegations_for(viewer: Viewer) -> Select[Allegation]:
    """The allegations that this person was named to read."""
    return (
        select(Allegation)
        .join(Allegation.organisation)
        .where(is_reader(viewer))
        .options(contains_eager(Allegation.organisation), joinedload(Allegation.fund))
    )


def allegation_for_viewer(session: Session, reference: str, viewer: Viewer) -> Allegation:
    """One allegation with its own trail, or Missing."""
    entries = selectinload(Allegation.entries).joinedload(AllegationEntry.person)
    query = allegations_for(viewer).where(Allegation.reference == reference)
    allegation = session.scalar(query.options(entries, joinedload(Allegation.reporter)))
    if allegation is None:
        raise Missing(_("Allegation not found."))
    return allegation


def may_read(session: Session, allegation: Allegation, viewer: Viewer) -> bool:
    """Was this person named to read it?"""
    query = select(Allegation.id).where(Allegation.id == allegation.id, is_reader(viewer))
    return session.scalar(query) is not None


def readers_of(session: Session, fund: Fund) -> Sequence[AllegationReader]:
    """Who is named to read the allegations of a fund now."""
    query = select(AllegationReader).where(
        AllegationReader.fund_id == fund.id, AllegationReader.ended_at.is_(None)
    )
    people = query.options(joinedload(AllegationReader.person))
    return session.scalars(people.order_by(AllegationReader.id)).all()


def to_name(session: Session, fund: Fund) -> list[Person]:
    """Who may be named."""
    named = {reader.person_id for reader in readers_of(session, fund)}
    people = people_of_fund(session, Permission.ALLEGATION_EXAMINE, fund.id)
    return [person for person in people if person.id not in named]


def organisations_for(session: Session, viewer: Viewer) -> list[tuple[Fund, Organisation]]:
    """About which organisations a person may enter an allegation: those with a signed grant of the
    funds that they work for, and their own.
    """
    query = (
        select(Fund, Organisation)
        .join(Award, Award.fund_id == Fund.id)
        .join(Organisation, Organisation.id == Award.organisation_id)
        .where(Award.state.in_(SIGNED))
        .distinct()
        .order_by(Organisation.name, Fund.id)
    )
    return [
        (fund, organisation)
        for fund, organisation in session.execute(query)
        if viewer.may(Permission.ALLEGATION_ENTER, Scope(fund.id, organisation.id))
    ]


def stopped_payees(session: Session, organisations: Collection[int]) -> Collection[tuple[int, int]]:
    """Which funds pay nothing to which of these organisations: ids of both. Nobody is told more."""
    query = select(Allegation.fund_id, Allegation.organisation_id).where(
        Allegation.organisation_id.in_(organisations), Allegation.state.in_(STOPPING)
    )
    return {(fund_id, organisation_id) for fund_id, organisation_id in session.execute(query)}


def to_examine(viewer: Viewer) -> Select[int]:
    """How many allegations wait for the named persons."""
    waits = Allegation.state != AllegationState.CLOSED
    return counting(select(Allegation).where(is_reader(viewer), waits))


def without_readers(viewer: Viewer) -> Select[int]:
    """How many funds of this fund manager have named nobody who reads allegations."""
    has_readers = exists().where(
        AllegationReader.fund_id == Fund.id, AllegationReader.ended_at.is_(None)
    )
    ours = in_funds_with(viewer, Permission.ALLEGATION_NAME, Fund.id)
    return counting(select(Fund).where(~has_readers, ours))
