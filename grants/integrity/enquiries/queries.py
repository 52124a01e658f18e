"""The references and visits of organisations, and whether there are as many as a call asks for."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from grants.core.kernel import clock
from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import ngettext
from grants.core.people.permissions import Permission
from grants.core.people.viewer import Viewer
from grants.integrity.enquiries.models import Enquiry, EnquiryKind, Finding

TONES = {Finding.GOOD: "good", Finding.MIXED: "waiting", Finding.BAD: "bad"}

YEARS = 2
"""For so long an answered reference counts."""


def enquiries_of(session: Session, organisation_id: int) -> Sequence[Enquiry]:
    """Every reference and visit of an organisation, the newest first."""
    return session.scalars(
        select(Enquiry)
        .where(Enquiry.organisation_id == organisation_id)
        .options(joinedload(Enquiry.recorded_by))
        .order_by(Enquiry.id.desc())
        .limit(60)
    ).all()


def enquiry_for_viewer(session: Session, number: int, viewer: Viewer) -> Enquiry:
    """An enquiry by its number; Missing for a person who does not see due diligence."""
    enquiry = session.get(Enquiry, number)
    if enquiry is None or not viewer.may(Permission.DUE_DILIGENCE_SEE):
        raise Missing(_("Reference not found."))
    return enquiry


def answered_of(enquiries: Iterable[Enquiry]) -> int:
    """How many of an organisation's references count: answered within the last two years."""
    return sum(
        enquiry.kind is EnquiryKind.REFERENCE
        and enquiry.answered_on is not None
        and enquiry.answered_on >= _earliest_day()
        for enquiry in enquiries
    )


def references_of_each(session: Session, ids: Collection[int]) -> Mapping[int, int]:
    """How many references count of several organisations, by their ids; without those that have
    none.
    """
    rows = session.execute(
        select(Enquiry.organisation_id, func.count())
        .where(
            Enquiry.organisation_id.in_(ids),
            Enquiry.kind == EnquiryKind.REFERENCE,
            Enquiry.answered_on >= _earliest_day(),
        )
        .group_by(Enquiry.organisation_id)
    )
    return {row[0]: row[1] for row in rows}


def _earliest_day() -> date:
    return clock.months_after(clock.today(), -12 * YEARS)


def too_few(answered: int, needed: int) -> str:
    """Why an award has to wait for references; empty if there are enough."""
    if answered >= needed:
        return ""
    return ngettext(
        "The call asks for %(num)s reference. Answered in the last two years: %(answered)s.",
        "The call asks for %(num)s references. Answered in the last two years: %(answered)s.",
        needed,
        answered=answered,
    )
