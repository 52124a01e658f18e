"""Finding runs, for a person who issues statements."""

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session, joinedload

from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.people.permissions import Permission
from grants.core.people.queries import in_funds_with
from grants.core.people.viewer import Viewer
from grants.papers.printing.models import StatementRun


def _in_funds_of(viewer: Viewer) -> ColumnElement[bool]:
    return in_funds_with(viewer, Permission.STATEMENT_ISSUE, StatementRun.fund_id)


def runs_for(viewer: Viewer) -> Select[StatementRun]:
    """The runs of the funds this person issues statements of; those of all funds need all."""
    people = joinedload(StatementRun.fund), joinedload(StatementRun.ordered_by)
    return select(StatementRun).where(_in_funds_of(viewer)).options(*people)


def run_for(session: Session, viewer: Viewer, number: int) -> StatementRun:
    """One run, or Missing."""
    run = session.scalar(runs_for(viewer).where(StatementRun.id == number))
    if run is None:
        raise Missing(_("Batch not found, or you do not have access to it."))
    return run
