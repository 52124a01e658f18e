"""A grant as a case: its stages, its parts, whose turn it is. The award is one of the parts."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from flask import url_for

from grants.core.audit.advance import Stateful, may_take
from grants.core.kernel import clock
from grants.core.kernel.language import gettext as _
from grants.core.kernel.workflow import Workflow
from grants.core.people.permissions import Permission
from grants.deciding.awards.models import Award
from grants.deciding.awards.workflow import AWARD, SIGNED, AwardState
from grants.granting.agreements import queries
from grants.granting.agreements.next_steps import next_steps
from grants.granting.agreements.step import NextStep
from grants.granting.agreements.step_lines import step_address
from grants.granting.changes.workflow import CHANGE
from grants.granting.payments.workflow import INSTALMENT
from grants.granting.reporting.public_summary import summary_in
from grants.granting.reporting.workflow import REPORT
from grants.granting.signing.workflow import SIGNING
from grants.platform.tables.cases import Case, Part, Stage, Tab, dated, part_of, stage_bar, tabs
from grants.platform.tables.turns import Turn, linked
from grants.platform.web.access import this_act, viewer
from grants.platform.web.beside import links_beside
from grants.platform.web.database import session
from grants.platform.web.steps import Button, buttons

P = Permission

CHANGING = (P.GRANT_CHANGE_REQUEST, P.GRANT_CHANGE_RECOMMEND)
SOON = timedelta(days=30)
"""A payment or report due within this time is work to be done; a later one only a date."""


def may_act(action: str, award: Award) -> bool:
    """May this person take the step with the grant now?"""
    step = AWARD.step(action)
    return award.state in step.sources and may_take(session(), award, step, this_act())


def sees_grant(award: Award) -> bool:
    """May this person read the agreement, the payments and the reports?"""
    needed = (P.DISBURSEMENT_SEE, P.APPLICATION_READ)
    return any(viewer().may(permission, award.scope) for permission in needed)


def frame_of(award: Award, progress: queries.GrantProgress) -> dict[str, Any]:
    """The grant as a case: its stages, its parts, what this person may do."""
    parts = _parts_of(award)
    return {
        "case": Case(_dated_stages(award, progress), [*tabs(parts), *_award_tab(award)]),
        "part": part_of(parts),
        "turn": turn_on(award, progress),
    }


def frame_beside(award: Award) -> dict[str, Any]:
    """The frame of the grant around its award; nothing for people who do not read the grant."""
    if not sees_grant(award):
        return {"case": Case(()), "turn": Turn(None, [*_about_award(award)])}
    progress = queries.progress_of(session(), award)
    address = url_for("agreements.show", reference=award.reference)
    parts = [
        Tab(part.text, f"{address}?part={part.key}" if part.key else address, current=False)
        for part in _parts_of(award)
    ]
    case = Case(_dated_stages(award, progress), [*parts, *_award_tab(award, current=True)])
    return {"case": case, "turn": turn_on(award, progress)}


def _parts_of(award: Award) -> list[Part]:
    parts = [
        Part("", _("Payments and reports")),
        Part("budget", _("Budget and spending")),
        Part("people", _("People reached")),
        Part("history", _("History")),
    ]
    return parts if award.state in SIGNED else [parts[0], parts[-1]]


def _award_tab(award: Award, *, current: bool = False) -> list[Tab]:
    return [Tab(_("Award"), url_for("awards.show", reference=award.reference), current)]


def _dated_stages(award: Award, progress: queries.GrantProgress) -> Sequence[Stage]:
    bar = stages_of(award.state, started=bool(progress.paid))
    days = {_("Approval"): award.approved_on, _("Agreement"): award.agreement_signed_on}
    return dated(bar, days, AWARD.names[award.state].next)


def stages_of(state: AwardState, *, started: bool) -> Sequence[Stage]:
    """How far a grant has come; it has `started` once an instalment was paid."""
    texts = [
        _("Approval"),
        _("Agreement"),
        _("First instalment"),
        _("Reports and payments"),
        _("Closure"),
    ]
    running = 3 if started else 2
    reached = {AwardState.APPROVED: 1, AwardState.AGREED: running, AwardState.CLOSED: len(texts)}
    return stage_bar(texts, reached[state]) if state in reached else ()


def turn_on(award: Award, progress: queries.GrantProgress) -> Turn:
    """What the grant waits for from this person's side, and everything else that they may do."""
    is_staff = viewer().may(P.DISBURSEMENT_SEE, award.scope)
    acts = _acts_on(award, progress, is_staff=is_staff)
    steps = next_steps(award, progress, clock.today())
    for step in (each for each in steps if each.from_grantee != is_staff):
        if main := _main_act(award, progress, step, acts):
            others = [button for button in acts if button.href != main.href]
            return Turn(main, others, _in_words(step, step.what if step.what != main.text else ""))
    first = next(iter(steps), None)
    return Turn(None, acts, _in_words(first, _whose(first, is_staff=is_staff)) if first else "")


def _in_words(step: NextStep, text: str) -> str:
    return " · ".join(filter(None, (text, step.days)))


def _whose(step: NextStep, *, is_staff: bool) -> str:
    side = _("from the fund")
    if step.from_grantee:
        side = _("from the organisation") if is_staff else _("from you")
    return f"{step.text_for(is_staff=is_staff)} · {side}"


def _acts_on(award: Award, progress: queries.GrantProgress, *, is_staff: bool) -> list[Button]:
    """All that this person may do with the grant and read of it, each address once."""
    may, scope, unsigned = viewer().may, award.scope, progress.signing is None
    settles = award.awaits_agreement and unsigned and may(P.AGREEMENT_SIGN, scope)
    signs = unsigned and may_act("sign_agreement", award)
    changes = award.is_running and any(may(permission, scope) for permission in CHANGING)
    refunds = award.is_running and bool(progress.paid) and may(P.INSTALMENT_RELEASE, scope)
    period = unsigned and may_act("change_period", award)
    summed_up = any(each.is_accepted and summary_in(each) for each in progress.reports)
    offered = (
        (settles, _("Send the agreement for signature"), "agreements.send_out"),
        (signs, _("Record the signed agreement"), "agreements.sign"),
        (settles, _("Change the terms"), "agreements.terms"),
        (period, _("Change the period"), "agreements.period"),
        (settles, _("Earmarked money"), "agreements.earmarks"),
        (
            may_act("agree_support_cost", award),
            _("Programme support costs"),
            "agreements.support_cost",
        ),
        (changes, _("Begin a change") if is_staff else _("Ask for a change"), "changes.of_grant"),
        (refunds, _("Record a refund"), "payments.refund"),
        (may(P.GRANTEE_NAME, scope), _("Publication of the name"), "naming.decide"),
        (
            summed_up and may(P.SUMMARY_RELEASE, scope),
            _("Summary for the public"),
            "summaries.decide",
        ),
    )
    acts = [
        Button(endpoint, text, url_for(endpoint, reference=award.reference))
        for is_open, text, endpoint in offered
        if is_open
    ]
    by_address: dict[str, Button] = {}
    for button in (*acts, *linked(links_beside("award", award)), *_about_award(award)):
        by_address.setdefault(button.href, button)
    return list(by_address.values())


def _about_award(award: Award) -> Iterator[Button]:
    """The decision behind the award, and its end before the agreement."""
    if award.application and viewer().may(P.REVIEW_SEE, award.scope):
        address = url_for("decisions.show", reference=award.application.reference)
        yield Button("", _("Decision on the application"), address)
    if may_act("cancel", award):
        yield Button("", _("Cancel the award"), url_for("awards.cancel", reference=award.reference))


def _main_act(
    award: Award, progress: queries.GrantProgress, step: NextStep, acts: Sequence[Button]
) -> Button | None:
    """The button of the step, if this person is one of those who take it."""
    if step.from_grantee:
        return _act_of_grantee(award, step, clock.today())
    if step.kind == "record":
        endpoint = "agreements.sign" if award.returned_document_id else "agreements.send_out"
        return next((act for act in acts if act.action == endpoint), None)
    if step.kind == "clearance" and progress.signing and _is_open(progress, step):
        number = progress.signing.id
        address = url_for("signing.show", reference=award.reference, number=number)
        return Button("", step.what, address)
    acts_of = {"close": ("close", _("Closing the grant")), "start": ("change_period", step.what)}
    if step.kind in acts_of:
        action, text = acts_of[step.kind]
        return Button("", text, step_address(award, step)) if may_act(action, award) else None
    if step.kind == "payment":
        return _payment_act(award, progress, step, clock.today())
    return _leading(award, step) if _is_open(progress, step) else None


def _act_of_grantee(award: Award, step: NextStep, today: date) -> Button | None:
    """What the organisation is to do now; a report that is due later is only a date."""
    is_later = step.kind == "report" and step.by is not None and step.by > today + SOON
    needs = {"confirm": P.INSTALMENT_CONFIRM, "accept": P.GRANT_CHANGE_REQUEST}
    needed = needs.get(step.kind, P.REPORT_WRITE)
    return None if is_later or not viewer().may(needed, award.scope) else _leading(award, step)


def _leading(award: Award, step: NextStep) -> Button:
    return Button("", step.what, step_address(award, step))


def _payment_act(
    award: Award, progress: queries.GrantProgress, step: NextStep, today: date
) -> Button | None:
    """Certify, approve or release what is due: it is done on the page of the instalment."""
    if step.by and step.by > today + SOON:
        return None
    part = next(part for part in progress.instalments if part.number == step.number)
    steps = buttons(part, INSTALMENT, reference=award.reference, number=part.number)
    forward = next((button for button in steps if button.in_place), None)
    return Button("", forward.text, step_address(award, step)) if forward else None


def _is_open(progress: queries.GrantProgress, step: NextStep) -> bool:
    """May this person take a step with the report, the change or the paper to sign?"""
    pairs: dict[str, tuple[Workflow, Sequence[Stateful]]] = {
        "report": (REPORT, [each for each in progress.reports if each.number == step.number]),
        "change": (CHANGE, [each for each in progress.changes if each.number == step.number]),
        **dict.fromkeys(
            ("agreement", "clearance"), (SIGNING, [progress.signing] if progress.signing else [])
        ),
    }
    workflow, records = pairs.get(step.kind, (AWARD, []))
    return any(
        may_take(session(), record, taken, this_act())
        for record in records
        for taken in workflow.steps_from(record.state)
        if taken.page or taken.within
    )
