"""The page on which several finished grants are closed at once: all of them or none."""

from collections.abc import Sequence
from typing import Any

from flask import url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from grants.core.audit.act import Act
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.people.permissions import Permission
from grants.deciding.awards.locking import lock_awards
from grants.deciding.awards.models import Award
from grants.deciding.awards.workflow import AWARD, AwardState
from grants.granting.closure import queries, service
from grants.granting.closure.views import ACTS, page_of, pages
from grants.granting.reporting.queries import within
from grants.platform.tables.bulk import Bulk, Outlook, why_refused
from grants.platform.tables.cells import Link
from grants.platform.web.access import needs, viewer

P = Permission


def _mine() -> Select[Award]:
    mine = select(Award).where(within(viewer(), P.REPORT_ACCEPT))
    return mine.options(joinedload(Award.organisation))


def _foresee(opened: Session, awards: Sequence[Award], _form: Any, act: Act) -> list[Outlook]:
    """The money of each grant at its end, and what is still open."""
    return [_outlook_of(opened, award, act) for award in awards]


def _outlook_of(opened: Session, award: Award, act: Act) -> Outlook:
    end = queries.at_end(opened, award)
    cells = (
        Link(award.organisation.name, page_of(award)),
        end.paid,
        end.reported,
        end.refunded,
        end.balance,
    )
    check = lambda: service.require_closable(opened, award, act)  # noqa: E731
    return Outlook(award, cells, why_refused(check), " ".join(str(cell) for cell in cells[1:]))


CLOSE = Bulk(
    text=_l("Close the grants"),
    endpoint="closure.close_many",
    model=Award,
    seen=_mine,
    queue=lambda: queries.finished(viewer()),
    name=lambda award: award.reference,
    foresee=_foresee,
    do=lambda opened, award, _form, act: service.close_grant(opened, award, act),
    heads=(
        _l("Organisation"),
        {"text": _l("Paid"), "kind": "money"},
        {"text": _l("Reported as spent"), "kind": "money"},
        {"text": _l("Refunded"), "kind": "money"},
        {"text": _l("Balance"), "kind": "money"},
    ),
    before=lock_awards,
    status=lambda award: str(AWARD.names[award.state].staff),
    takes=lambda award: award.state is AwardState.AGREED,
)
ACTS.append(CLOSE)


@pages.route("/grants/several/close", methods=["GET", "POST"])
@needs(P.REPORT_ACCEPT)
def close_many() -> ResponseReturnValue:
    """Close several grants for which nothing is open."""
    return CLOSE.page("granting/closure/close_many.html", url_for("closure.index"))
