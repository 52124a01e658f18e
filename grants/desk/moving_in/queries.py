"""Finding imports."""

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session, joinedload

from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.people.permissions import Permission
from grants.core.people.queries import in_funds_with
from grants.core.people.viewer import Viewer
from grants.desk.moving_in.models import Import
from grants.desk.moving_in.workflow import ImportState


def _in_funds_of(viewer: Viewer) -> ColumnElement[bool]:
    return in_funds_with(viewer, Permission.HISTORY_IMPORT, Import.fund_id)


def imports_for(viewer: Viewer) -> Select[Import]:
    """The imports of the viewer's funds, for a list."""
    query = select(Import).where(_in_funds_of(viewer))
    return query.options(
        joinedload(Import.fund), joinedload(Import.document), joinedload(Import.uploaded_by)
    )


def import_for(session: Session, viewer: Viewer, number: int) -> Import:
    """One import, or Missing."""
    handed_in = session.scalar(imports_for(viewer).where(Import.id == number))
    if handed_in is None:
        raise Missing(_("Import not found, or you do not have access to it."))
    return handed_in


def to_confirm(viewer: Viewer) -> Select[int]:
    """How many checked imports wait for this person: another person uploaded them."""
    mine = (Import.state == ImportState.CHECKED, Import.uploaded_by_id != viewer.person_id)
    return select(func.count()).select_from(Import).where(_in_funds_of(viewer), *mine)
