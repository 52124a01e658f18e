"""An application as a case: its stages, and the parts that this person may read."""

from collections.abc import Mapping
from typing import Any

from flask import request, url_for

from grants.applying.applications.dossier import dossier
from grants.applying.applications.models import Application
from grants.applying.applications.workflow import RANKED, ApplicationState
from grants.books.ledger.queries import balances
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import usd
from grants.core.people.permissions import Permission
from grants.deciding.awards.queries import awarded_in_call, awards_of_organisation, rank_of
from grants.deciding.awards.stages import at_stage
from grants.deciding.board.queries import advice_on, recommendation_for
from grants.deciding.reviews.queries import may_open
from grants.deciding.screening.queries import checklist
from grants.integrity.diligence.grantees import gate_of
from grants.platform.web.access import viewer
from grants.platform.web.cases import Case, Part, part_of, place_in, stage_bar, tabs
from grants.platform.web.database import session

P, S = Permission, ApplicationState


def frame_of(application: Application) -> dict[str, Any]:
    """What layout/case.html shows of it, and the template and facts of the chosen part."""
    parts = _parts(application)
    key = part_of(parts)
    return {
        "case": Case(_stages(application), tabs(parts), _place(application)),
        "neighbour": neighbour,
        "list_url": _list(),
        "part": key,
        **(_FACTS[key](application) if key else {}),
    }


def _list() -> str:
    """The list it was opened from."""
    stage, call = request.args.get("stage"), request.args.get("call")
    return url_for("decisions.index", stage=stage, call=call)


def neighbour(reference: str) -> str:
    """The address of another application of the same list, at the same part."""
    kept = {key: request.args.get(key) for key in ("stage", "call", "part")}
    return url_for("decisions.show", reference=reference, **kept)  # type: ignore[arg-type]


def _parts(application: Application) -> list[Part]:
    """What this person may not see is not there."""
    if not may_open(session(), application, viewer()):
        return [Part("", _("Decision"))]
    return [
        Part("", _("Decision")),
        Part("application", _("Application")),
        Part("screening", _("Screening")),
        Part("organisation", _("Organisation")),
        Part("money", _("Money")),
    ]


def _place(application: Application) -> Any:
    """Its place in the list it was opened from; none if it was opened from elsewhere."""
    stage, call = request.args.get("stage", ""), request.args.get("call", "")
    if not stage and not call:
        return None
    return place_in(at_stage(viewer(), stage, call), Application, application)


def _stages(application: Application) -> Any:
    texts = [
        _("Received"),
        _("Screened"),
        _("Reviewed"),
        _("Recommended"),
        _("Advice of the Board"),
        _("Decided"),
    ]
    return stage_bar(texts, _reached(application))


def _reached(application: Application) -> int:
    """How many of the stages are behind it."""
    if application.state in RANKED:
        advised = advice_on(session(), application) is not None
        before = {S.REVIEWED: 3, S.RECOMMENDED: 5 if advised else 4, S.RESERVE: 4}
        return before.get(application.state, 5 if application.state == S.NOT_RECOMMENDED else 6)
    return {S.SUBMITTED: 1, S.ELIGIBLE: 2, S.UNDER_REVIEW: 2}.get(application.state, 6)


def _application(application: Application) -> Mapping[str, Any]:
    return {"dossier": dossier(session(), application)}


def _screening(application: Application) -> Mapping[str, Any]:
    return {"items": checklist(session(), application)}


def _organisation(application: Application) -> Mapping[str, Any]:
    organisation = application.organisation
    earlier = viewer().may(P.AWARD_SEE, application.scope)
    return {
        "gate": gate_of(session(), organisation, viewer()),
        "earlier": awards_of_organisation(session(), organisation, viewer()) if earlier else (),
    }


def _money(application: Application) -> Mapping[str, Any]:
    call = application.call
    known = recommendation_for(session(), application)
    awarded = awarded_in_call(session(), call)
    return {
        "proposed": known.amount if known else None,
        "envelope": call.envelope,
        "awarded": awarded,
        "left": usd(call.envelope_minor) - awarded,
        "available": balances(session(), call.fund).available,
        "budget": dossier(session(), application).budget,
    }


_FACTS = {
    "application": _application,
    "screening": _screening,
    "organisation": _organisation,
    "money": _money,
}


def ranked_as(application: Application) -> str:
    """Its rank among the reviewed applications of its call, in words."""
    rank, of = rank_of(session(), application)
    return _("%(number)s of %(count)s", number=rank, count=of) if rank else ""
