"""An application as a case: its stages, and the parts that this person may read."""

from collections.abc import Callable, Sequence
from typing import Any

from flask import render_template, request, url_for
from markupsafe import Markup
from sqlalchemy.orm import Session

from grants.applying.applications.models import Application
from grants.applying.applications.queries import steps_of
from grants.applying.applications.requested_period import requested_period
from grants.applying.applications.workflow import (
    APPLICATION,
    OFF_THE_WAY,
    RANKED,
    ApplicationState,
)
from grants.applying.submissions.dossier import dossier_for_fund
from grants.books.ledger.earmarks import EarmarkedMoney, earmark_note
from grants.books.ledger.queries import balances
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.language import lazy_pgettext as _p
from grants.core.kernel.money import Money, usd
from grants.core.kernel.slots import Slot
from grants.core.people.models import Organisation
from grants.core.people.permissions import Permission
from grants.core.texts.formats import plain_money
from grants.deciding.awards.examined import lacking
from grants.deciding.awards.period import proposed_terms
from grants.deciding.awards.queries import awarded_in_call, rank_of
from grants.deciding.awards.workflow import AWARD
from grants.deciding.board.queries import advice_on, recommendation_for
from grants.deciding.decisions.overlap import overlapping
from grants.deciding.decisions.stages import at_stage
from grants.deciding.reviews.beside import REVIEWS
from grants.deciding.reviews.queries import names_reviewers
from grants.deciding.screening.beside import CasePart, parts_open
from grants.integrity.diligence.grantees import gate_of
from grants.integrity.enquiries.queries import TONES as FINDING_TONES
from grants.integrity.enquiries.queries import enquiries_of
from grants.integrity.other_grants.queries import compared, other_grants_of
from grants.integrity.risk.models import SafeguardingAssessment
from grants.integrity.risk.queries import TONES, assessment_of, raised_on, rating_of
from grants.platform.tables.cases import (
    Case,
    Part,
    Stage,
    dated,
    part_of,
    place_in,
    stage_bar,
    tabs,
)
from grants.platform.web.access import at_work, viewer
from grants.platform.web.database import session
from grants.platform.web.once import once

EARMARKED: Slot[Callable[[Session, Application], EarmarkedMoney]] = Slot("awards.case.EARMARKED")
"""What is earmarked, and what of it is bound to other purposes: rooms above know of earmarks."""

P, S = Permission, ApplicationState


def frame_of(application: Application) -> dict[str, Any]:
    """What layout/case.html shows of it, with the HTML of the chosen part; "" for the decision."""
    shown_there = (REVIEWS, HISTORY)
    open_parts = {part.key: part for part in parts_open(application) if part not in shown_there}
    parts = [Part("", _("Decision")), *(Part(part.key, part.text) for part in open_parts.values())]
    key = part_of(parts)
    return {
        "case": Case(dated_stages_of(application), tabs(parts), _place_in_list(application)),
        "neighbour": neighbour,
        "list_url": _list_url(),
        "part": open_parts[key].show(application) if key else "",
    }


def _list_url() -> str:
    """The list it was opened from."""
    stage, call = request.args.get("stage"), request.args.get("call")
    return url_for("decisions.index", stage=stage, call=call)


def neighbour(reference: str) -> str:
    """The address of another application of the same list, at the same part."""
    filters = {key: request.args.get(key) for key in ("stage", "call", "part")}
    return url_for("decisions.show", reference=reference, **filters)  # type: ignore[arg-type]


def _place_in_list(application: Application) -> Any:
    """The application's place in the list it was opened from; none if opened from elsewhere."""
    stage, call = request.args.get("stage", ""), request.args.get("call", "")
    if not stage and not call:
        return None
    return place_in(at_stage(at_work(), stage, call), Application, application)


ADVICE = 4
"""The place of the Board's advice among the stages."""


def stages_of(application: Application) -> Sequence[Stage]:
    """How far an application has come; nothing of one that left the way before its decision."""
    if application.state in OFF_THE_WAY:
        return ()
    texts = [
        _("Submission"),
        _("Screening"),
        _("Review"),
        _("Recommendation"),
        _("Advice of the Board"),
        _("Decision"),
    ]
    reached = _stages_passed(application)
    if application.call.is_first_stage:
        return stage_bar([*texts[:3], texts[-1]], min(reached, 4))
    if not application.call.board_advises or application.state == S.NOT_RECOMMENDED:
        del texts[ADVICE]
        reached -= reached > ADVICE
    return stage_bar(texts, reached)


FINISHED_BY = {
    "find_eligible": _l("Screening"),
    "pass_without_review": _l("Review"),
    "complete_review": _l("Review"),
    "recommend": _l("Recommendation"),
    "keep_in_reserve": _l("Recommendation"),
    "not_recommend": _l("Recommendation"),
    "record_advice": _l("Advice of the Board"),
    "invite_full_proposal": _l("Decision"),
    "not_invite": _l("Decision"),
    "approve": _l("Decision"),
    "reject": _l("Decision"),
}
"""The stage that each step finishes."""


def dated_stages_of(application: Application) -> Sequence[Stage]:
    """The stages with the day of each, and whose turn it is since when."""
    stages = stages_of(application)
    if not stages:
        return ()
    days: dict[str, Any] = {_("Submission"): application.submitted_at}
    for row in steps_of(session(), application):
        if row.action in FINISHED_BY:
            days[str(FINISHED_BY[row.action])] = row.at
    next_step = APPLICATION.names[application.state].next
    return dated(stages, days, _("session awaited") if awaits_advice(application) else next_step)


def awaits_advice(application: Application) -> bool:
    """Is it the Board's turn, before anybody decides?"""
    return (
        application.state is S.RECOMMENDED
        and application.call.board_advises
        and once(advice_on, session(), application) is None
    )


def _stages_passed(application: Application) -> int:
    """How many of the stages are behind it."""
    if application.state in RANKED:
        advised = advice_on(session(), application) is not None
        before = {S.REVIEWED: 3, S.RECOMMENDED: 5 if advised else 4, S.RESERVE: 4}
        return before.get(application.state, 5 if application.state == S.NOT_RECOMMENDED else 6)
    return {S.SUBMITTED: 1, S.ELIGIBLE: 2, S.UNDER_REVIEW: 2}.get(application.state, 6)


EARLIER: Slot[Callable[[Organisation], str]] = Slot("awards.case.EARLIER")
"""How an organisation did with its earlier grants, as HTML: grants are kept by rooms above."""


def _show_organisation(application: Application) -> str:
    organisation = application.organisation
    (show_earlier,) = EARLIER
    period_requested = once(requested_period, application)
    period = proposed_terms(period_requested, application.call)
    grants_elsewhere = other_grants_of(session(), organisation.id)
    return render_template(
        "deciding/decisions/part_organisation.html",
        application=application,
        organisation=organisation,
        enquiries=once(enquiries_of, session(), organisation.id),
        findings=FINDING_TONES,
        references_needed=application.call.references_needed,
        others=compared(
            grants_elsewhere, period["starts_on"], period["ends_on"], application.country
        ),
        may_examine=viewer().may(P.DUE_DILIGENCE_RECOMMEND),
        gate=once(gate_of, session(), organisation, viewer()),
        unknown=once(lacking, session(), organisation, application.call),
        earlier=Markup(show_earlier(organisation)),  # noqa: S704 - a template's own output
        rating=once(rating_of, session(), organisation.id, application.fund_id),
        assessment=_assessment_of(application),
        safeguarding=application.call.safeguarding,
        flags=once(raised_on, session(), organisation.id),
        tones=TONES,
        overlapping=overlapping(session(), application, period_requested, viewer()),
        names=AWARD.names,
    )


def money_for(application: Application) -> dict[str, Any]:
    """What the fund has available, what of it is earmarked, and what this application can have."""
    (ask,) = EARMARKED
    available = once(balances, session(), application.call.fund).available
    earmarked = once(ask, session(), application)
    return {
        "available": available,
        "earmarks": earmark_note(available, max(min(available, earmarked.idle), usd(0))),
        "fitting": available - earmarked.elsewhere,
    }


def _assessment_of(application: Application) -> SafeguardingAssessment | None:
    """The newest assessment of safeguarding, where the call asks for one."""
    if not application.call.safeguarding:
        return None
    return once(assessment_of, session(), application.organisation_id)


def _show_money(application: Application) -> str:
    call = application.call
    recommendation = once(recommendation_for, session(), application)
    awarded = once(awarded_in_call, session(), call)
    return render_template(
        "deciding/decisions/part_money.html",
        application=application,
        proposed=recommendation.amount if recommendation else None,
        envelope=call.envelope,
        awarded=awarded,
        left=usd(call.envelope_minor) - awarded,
        **money_for(application),
        budget=once(dossier_for_fund, session(), application).budget,
    )


def _show_history(application: Application) -> str:
    return render_template("deciding/decisions/part_history.html", events=events_of(application))


ORGANISATION = CasePart("organisation", _l("Organisation"), _show_organisation)
MONEY = CasePart("money", _l("Money"), _show_money)
HISTORY = CasePart("history", _l("History"), _show_history)


HAPPENED = {
    "create": _l("Begun"),
    "submit": _p("application", "Received"),
    "find_eligible": _l("Found eligible"),
    "pass_without_review": _l("Passed on for a recommendation: the call has no reviews"),
    "find_ineligible": _l("Found not eligible"),
    "assign_reviewers": _l("Reviewers invited"),
    "complete_review": _l("Reviews complete"),
    "reopen_review": _l("Review reopened"),
    "recommend": _p("act", "Recommended"),
    "revise": _l("Recommendation changed"),
    "keep_in_reserve": _l("Placed on the reserve list"),
    "confirm_reserve": _l("Place on the reserve list confirmed"),
    "not_recommend": _p("application", "Not recommended"),
    "invite_full_proposal": _p("concept note", "Invited"),
    "not_invite": _p("concept note", "Not invited"),
    "record_advice": _l("Advice of the Board recorded"),
    "give_approval": _l("Approved by one officer; more are needed"),
    "approve": _p("application", "Approved"),
    "cancel_award": _l("Award cancelled"),
    "reject": _p("application", "Rejected"),
    "withdraw": _p("application", "Withdrawn"),
    "end_with_call": _l("Withdrawn with its call"),
}


def events_of(application: Application) -> list[dict[str, object]]:
    """Each step with who took it and why, the amount where it is about one. The last reviewer
    completes the reviews: that person is named to those who read the names of reviewers.
    """
    events: list[dict[str, object]] = []
    may_read_names = names_reviewers(viewer(), application.scope)
    for row in steps_of(session(), application):
        amount = row.facts.get("amount")
        amount_text = plain_money(Money.parse(amount, "USD")) if amount else ""
        text = " · ".join(filter(None, (amount_text, row.reason, row.facts.get("departure"))))
        title = str(HAPPENED[row.action])
        by = row.actor if may_read_names or row.action != "complete_review" else ""
        events.append({"title": title, "at": row.at, "by": by, "text": text})
    return events


def ranked_as(application: Application) -> str:
    """The application's rank among the reviewed ones of its call, in words."""
    rank, of = rank_of(session(), application)
    return _("%(number)s of %(count)s", number=rank, count=of) if rank else ""
