"""The page on which the assurance plans of several grants are decided at once, as proposed."""

from collections.abc import Sequence
from typing import Any

from flask import url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.people.permissions import Permission
from grants.core.texts.marks import spaced
from grants.deciding.awards.locking import lock_awards
from grants.deciding.awards.models import Award
from grants.granting.monitoring import assurance, queries
from grants.granting.monitoring.views import TOGETHER, grant_url, pages
from grants.platform.tables.bulk import Bulk, Outlook, why_refused
from grants.platform.tables.cells import Lines, Link
from grants.platform.web.access import needs, viewer

P = Permission


def _foresee(opened: Session, awards: Sequence[Award], _form: Any, act: Act) -> list[Outlook]:
    """How each grant would be looked at, and why."""
    return [_outlook_of(opened, award, act) for award in awards]


def _outlook_of(opened: Session, award: Award, act: Act) -> Outlook:
    proposals = assurance.proposal_of(opened, award)
    lines = [f"{proposal.kind.label}{spaced(':')}{proposal.why}" for proposal in proposals]
    cells = (
        Link(award.organisation.name, grant_url(award)),
        award.amount,
        Lines(tuple(lines)) if lines else _("Nothing"),
    )
    check = lambda: assurance.require_plannable(opened, award, act)  # noqa: E731
    return Outlook(award, cells, why_refused(check), " ".join(lines))


def _decide_as_proposed(opened: Session, award: Award, _form: Any, act: Act) -> None:
    kinds = [proposal.kind for proposal in assurance.proposal_of(opened, award)]
    assurance.decide_plan(opened, award, kinds, act)


PLAN = Bulk(
    text=_l("Plan as proposed"),
    endpoint="monitoring.plan_many",
    model=Award,
    seen=lambda: queries.planned_by(viewer()),
    queue=lambda: queries.without_plan(viewer()),
    name=lambda award: award.reference,
    foresee=_foresee,
    do=_decide_as_proposed,
    heads=(_l("Organisation"), {"text": _l("Award"), "kind": "money"}, _l("Proposed")),
    before=lock_awards,
    status=lambda _award: _("Planned"),
)
TOGETHER.append(PLAN)


@pages.route("/monitoring/to-plan/several", methods=["GET", "POST"])
@needs(P.MONITORING_PLAN)
def plan_many() -> ResponseReturnValue:
    """Decide the assurance plans of several grants as the rules of the fund propose them."""
    return PLAN.page("granting/monitoring/plan_many.html", url_for("monitoring.to_plan"))
