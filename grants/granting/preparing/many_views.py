"""The page on which several budgets and questionnaires of grantees are accepted at once."""

from collections.abc import Sequence
from typing import Any

from flask import url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import in_language
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.people.permissions import Permission
from grants.core.texts.marks import spaced
from grants.deciding.awards.locking import lock_awards
from grants.granting.preparing import queries, service
from grants.granting.preparing.models import Preparation
from grants.granting.preparing.views import TOGETHER, page_of, pages
from grants.granting.preparing.workflow import PREPARATION, Part
from grants.platform.tables.bulk import Bulk, Outlook, why_refused
from grants.platform.tables.cells import Link
from grants.platform.web.access import needs, viewer

P = Permission


def _mine() -> Select[Preparation]:
    return queries.accepted_by(viewer())


def _lock_grants(opened: Session, ids: Sequence[int]) -> None:
    """The grants of what was submitted, as each act locks them first."""
    grants = select(Preparation.award_id).where(Preparation.id.in_(ids)).distinct()
    lock_awards(opened, opened.scalars(grants).all())


def _foresee(opened: Session, rows: Sequence[Preparation], _form: Any, act: Act) -> list[Outlook]:
    """What each grantee has submitted, and what a person has to read on its own page."""
    return [_outlook_of(opened, row, act) for row in rows]


def _outlook_of(opened: Session, row: Preparation, act: Act) -> Outlook:
    award = row.award
    cells = (Link(row.part.label, page_of(row)), award.organisation.name, award.amount)
    return Outlook(row, (*cells, row.submitted_at), _why_not(opened, row, act))


def _why_not(opened: Session, row: Preparation, act: Act) -> str:
    """What stands in the way, and money that was moved to what the application asked less for."""
    check = lambda: service.require_acceptable(opened, row, act)  # noqa: E731
    if refused := why_refused(check):
        return refused
    higher = queries.above_request(opened, row) if row.part is Part.BUDGET else []
    if not higher:
        return ""
    names = spaced(",").join(in_language(line.label) for line in higher)
    return _("More than the application requested, for: %(names)s. Read the budget.", names=names)


ACCEPT = Bulk(
    text=_l("Accept"),
    endpoint="preparing.accept_many",
    model=Preparation,
    seen=_mine,
    queue=lambda: queries.waiting(viewer()),
    name=lambda row: row.award.reference,
    foresee=_foresee,
    do=lambda opened, row, _form, act: service.accept(opened, row, act),
    heads=(
        _l("What was submitted"),
        _l("Organisation"),
        {"text": _l("Award"), "kind": "money"},
        {"text": _l("Submitted"), "kind": "moment"},
    ),
    before=_lock_grants,
    status=lambda row: str(PREPARATION.names[row.state].staff),
)
TOGETHER.append(ACCEPT)


@pages.route("/prepared/several/accept", methods=["GET", "POST"])
@needs(P.REPORT_ACCEPT)
def accept_many() -> ResponseReturnValue:
    """Accept several budgets and questionnaires that grantees have submitted."""
    return ACCEPT.page("granting/preparing/accept_many.html", url_for("preparing.index"))
