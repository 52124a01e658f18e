"""Preparing, opening, extending and closing a call for proposals.

Telling applicants of a longer deadline is the applications room's part: `extend_deadline` there.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import delete
from sqlalchemy.orm import Session

from grants.applying.calls.earlier import earlier_forms, forget_forms, keep_form
from grants.applying.calls.models import THE_MINUTE, Call, EarlierForm, TrialApplication
from grants.applying.calls.purposes import FormPurpose
from grants.applying.calls.queries import reference_is_free, too_few_officers
from grants.applying.calls.soundness import faults_of, rule_faults
from grants.applying.calls.standard import (
    STANDARD_CRITERIA,
    STANDARD_ELIGIBILITY,
    STANDARD_FORM,
)
from grants.applying.calls.standard.criteria import DOCUMENTS
from grants.applying.calls.workflow import CALL, PREPARED
from grants.applying.form_translations.memory import remember_opened
from grants.core.audit.act import Act
from grants.core.audit.advance import advance, begin, record
from grants.core.funds.models import Fund
from grants.core.kernel.errors import Conflict, DomainError, Forbidden
from grants.core.kernel.language import gettext as _
from grants.core.kernel.taxonomies import Window
from grants.core.people.permissions import Permission
from grants.core.people.viewer import Scope
from grants.core.texts.formats import plain_moment
from grants.platform.questionnaires.form import Form
from grants.platform.questionnaires.places import texts_of
from grants.platform.questionnaires.soundness import faults_in_words
from grants.platform.questionnaires.written import to_json

WINDOWS = tuple(window.value for window in Window)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """All that may differ from call to call. Sums in USD cents, texts in several languages."""

    title: Mapping[str, str]
    summary: Mapping[str, str]
    window: str
    opens_at: datetime
    deadline_at: datetime
    envelope_minor: int
    lowest_minor: int
    highest_minor: int
    months: int
    cycle: str = ""
    time_zone: str = ""
    """Of opening and deadline; the fund's if none is named."""
    least_months: int | None = None
    earliest_start_on: date | None = None
    registered_by: date | None = None
    experience_years: int | None = None
    years_in_a_row: int | None = None
    applications_per_organisation: int = 1
    signatory_signs: bool = False
    questions_until: date | None = None
    answers_on: date | None = None
    countries: Sequence[str] = ()
    languages: Sequence[str] | None = None
    """In which answers are taken; None: the first language of the fund."""
    reviewers: int = 2
    reviewers_abroad: bool = False
    divergence: int | None = None
    ranks_adjusted: bool = False
    blind: bool = False
    pass_mark: int = 60
    references_needed: int = 0
    examines_grantees: bool = True
    reports_first: bool = True
    safeguarding: str = ""
    second_screener: bool = False
    visit: str = ""
    board_advises: bool = True
    approvers: int | None = None
    criteria: Sequence[Mapping[str, Any]] = field(default_factory=lambda: STANDARD_CRITERIA)
    eligibility: Sequence[Mapping[str, Any]] = field(default_factory=lambda: STANDARD_ELIGIBILITY)
    ceilings: Sequence[Mapping[str, Any]] = ()


def with_defaults(rules: Rules, fund: Fund) -> Rules:
    """The rules with the time zone and the first language of the fund, where they name none."""
    return replace(
        rules,
        time_zone=rules.time_zone or fund.time_zone,
        languages=fund.languages[:1] if rules.languages is None else rules.languages,
    )


def draft_call(
    session: Session,
    fund: Fund,
    rules: Rules,
    act: Act,
    *,
    form: Form = STANDARD_FORM,
    grantee_forms: Mapping[str, Any] | None = None,
    reference: str = "",
) -> Call:
    """Begin a call; nobody outside the fund sees it before it is opened."""
    _may_edit(act, fund.id)
    rules = with_defaults(rules, fund)
    call = Call(
        fund_id=fund.id,
        form=to_json(form),
        grantee_forms=dict(grantee_forms or {}),
        made_at=act.at,
        **settings_of(rules),
    )
    _refuse_faults(rule_faults(call))
    call.reference = reference or free_reference(session, fund, rules)
    begin(session, call, CALL, act)
    return call


def revise_call(session: Session, call: Call, rules: Rules, act: Act) -> Call:
    """Change the rules of a call that has not been opened yet."""
    _may_edit(act, call.fund_id)
    require_draft(call)
    changed = {}
    rules = replace(rules, time_zone=rules.time_zone or call.time_zone)
    for name, value in settings_of(rules).items():
        if getattr(call, name) != value:
            setattr(call, name, value)
            changed[name] = str(value)[:200]
    _refuse_faults(rule_faults(call))
    if changed:
        record(session, call, "revise", act, changed=changed)
    return call


def replace_form(session: Session, call: Call, form: Form, act: Act) -> Call:
    """Let a call that has not been opened yet ask other questions."""
    _may_edit(act, call.fund_id)
    require_draft(call)
    _refuse_faults(faults_in_words(call.with_concept_note(form)))
    keep_form(session, call, act, {"replaced": "file"}, lines=lines_that_go(call, form))
    _set_form(call, form)
    record(session, call, "replace_form", act, version=form.version)
    return call


def change_form(
    session: Session,
    call: Call,
    form: Form,
    act: Act,
    *,
    purpose: FormPurpose = FormPurpose.APPLICATION,
    **what: str,
) -> Call:
    """Keep a change of a form of the call while it is being made: it may still have faults, which
    are told before the call can be opened. `what` says what was changed; the form as it was can be
    brought back.
    """
    _may_edit(act, call.fund_id)
    require_draft(call)
    is_asked = purpose is FormPurpose.APPLICATION
    keep_form(session, call, act, what, purpose, lines_that_go(call, form) if is_asked else ())
    if is_asked:
        _set_form(call, form)
    else:
        call.grantee_forms = {**call.grantee_forms, purpose.value: to_json(form)}
    facts = {"form": purpose.value} if purpose.is_for_grantees else {}
    record(session, call, "change_form", act, **what, **facts)
    session.flush()
    return call


def lines_that_go(call: Call, form: Form) -> list[dict[str, Any]]:
    """The lines of the call's checklist that go if it asks these questions, each with its place:
    the standard lines on documents that are no longer asked for. Its page and screening would
    contradict the form. A line in the call's own words stays.
    """
    lost = {question.key for question in call.questionnaire.questions} - {
        question.key for question in form.questions
    }
    return [
        {"place": place, "line": row}
        for place, row in enumerate(call.eligibility)
        if DOCUMENTS.get(row["key"]) in lost and row["label"].get("en") == _STANDARD[row["key"]]
    ]


_STANDARD = {row["key"]: row["label"]["en"] for row in STANDARD_ELIGIBILITY}


def _set_form(call: Call, form: Form) -> None:
    """Let the call ask these questions; the lines of its checklist go that would contradict it."""
    going = {line["place"] for line in lines_that_go(call, form)}
    call.form = to_json(form)
    if going:
        rows = enumerate(call.eligibility)
        call.eligibility = [row for place, row in rows if place not in going]


def bring_back(session: Session, call: Call, earlier: EarlierForm, act: Act) -> Call:
    """Let the form be again as it was before a change, and the lines of the checklist that went
    with it or with a later one. The form of now is kept in its turn.
    """
    undone = [e for e in earlier_forms(session, call, earlier.purpose) if e.id >= earlier.id]
    change_form(
        session,
        call,
        earlier.questionnaire,
        act,
        purpose=earlier.purpose,
        brought_back=str(earlier.id),
    )
    _put_back(call, [line for change in undone for line in change.lines])
    return call


def _put_back(call: Call, lines: Iterable[Mapping[str, Any]]) -> None:
    """Lines that went, each to its place; none that is there, or that the form does not ask for."""
    asked = {question.key for question in call.questionnaire.questions}
    rows = list(call.eligibility)
    for line in lines:
        row, words = line["line"], {row["label"].get("en") for row in rows}
        if DOCUMENTS[row["key"]] in asked and row["label"].get("en") not in words:
            rows.insert(line["place"], row)
    if rows != call.eligibility:
        call.eligibility = rows


def open_call(session: Session, call: Call, act: Act) -> None:
    """Publish the call, and with it its second stage. From now on their rules and their forms stay
    as they are.
    """
    if call.is_second_stage:
        raise Conflict(_("This stage is published together with the first one."))
    _refuse_faults(faults_of(call, act.at))
    for stage in filter(None, (call, call.second_stage)):
        _refuse_faults(too_few_officers(session, stage))
        advance(session, stage, CALL, "open", act)
        texts = [t for purpose in FormPurpose for t in texts_of(stage.form_for(purpose))]
        remember_opened(session, stage.fund_id, texts, act)
        session.execute(delete(TrialApplication).where(TrialApplication.call_id == stage.id))
        forget_forms(session, stage)


def set_deadline(
    session: Session,
    call: Call,
    deadline_at: datetime,
    act: Act,
    reasons: Mapping[str, str] | None = None,
    questions_until: date | None = None,
) -> None:
    """Move the deadline of an open call to a later moment, for everyone, with the reason; and the
    last day for questions with it, if one is given.
    """
    if deadline_at <= call.deadline_at or deadline_at <= act.at:
        raise DomainError(
            _(
                "A deadline can only be extended: choose a moment after %(now)s.",
                now=plain_moment(max(call.deadline_at, act.at), call.time_zone),
            )
        )
    if call.second_stage and deadline_at >= call.second_stage.deadline_at:
        raise DomainError(_("Extend the deadline for full proposals first."))
    moved: dict[str, Any] = {
        "before": call.deadline_at.isoformat(),
        "deadline": deadline_at.isoformat(),
        **({"reasons": dict(reasons)} if reasons else {}),
    }
    if questions_until and questions_until != call.questions_until:
        if not call.questions_until or questions_until < call.questions_until:
            raise DomainError(_("The last day for questions can only be moved to a later date."))
        days = (call.questions_until.isoformat(), questions_until.isoformat())
        moved |= dict(zip(("questions_before", "questions_until"), days, strict=True))
        call.questions_until = questions_until
    advance(session, call, CALL, "extend", act, **moved)
    call.deadline_at = deadline_at
    _refuse_faults(rule_faults(call))
    session.flush()


def close_call(session: Session, call: Call, act: Act) -> None:
    """Close the call after its deadline; drafts stay readable for their owners."""
    require_over(call, act)
    advance(session, call, CALL, "close", act)


def require_over(call: Call, act: Act) -> None:
    """DomainError until the deadline has passed."""
    if act.at < call.deadline_at + THE_MINUTE:
        raise DomainError(
            _(
                "The deadline has not passed yet: %(deadline)s.",
                deadline=plain_moment(call.deadline_at, call.time_zone),
            )
        )


def take_back(
    session: Session, call: Call, act: Act, reasons: Mapping[str, str] | None = None
) -> None:
    """The call is withdrawn, for a reason that everyone reads; nothing can be submitted any more.
    What becomes of its applications is said by `withdraw_call` in the applications room.
    """
    facts = {"reasons": dict(reasons)} if reasons else {}
    advance(session, call, CALL, "withdraw", act, **facts)


def publish_results(session: Session, call: Call, act: Act, **facts: Any) -> None:
    """The decisions on all applications are public now; `facts` say what of them."""
    advance(session, call, CALL, "publish_results", act, **facts)


def change_results(session: Session, call: Call, act: Act, **facts: Any) -> None:
    """What was published is published in another form, for a reason."""
    advance(session, call, CALL, "change_results", act, **facts)


def free_reference(session: Session, fund: Fund, rules: Rules) -> str:
    """As UNVTF-2026-SGP1; a second call of a window in one year gets a number."""
    year = rules.opens_at.astimezone(ZoneInfo(rules.time_zone or fund.time_zone)).year
    first = f"{fund.code}-{year}-{rules.window}"[:36]
    return next(
        reference
        for reference in (first, *(f"{first}-{number}" for number in range(2, 1000)))
        if reference_is_free(session, reference)
    )


def settings_of(rules: Rules) -> dict[str, Any]:
    """The columns, with every collection as JSON has it."""
    return {item.name: _column_value(getattr(rules, item.name)) for item in fields(rules)}


def _column_value(value: Any) -> Any:
    match value:
        case Mapping():
            return {name: _column_value(part) for name, part in value.items()}
        case list() | tuple():
            return [_column_value(part) for part in value]
        case _:
            return value


def _refuse_faults(faults: Iterable[str]) -> None:
    if sentences := list(faults):
        raise DomainError(" ".join(sentences))


def _may_edit(act: Act, fund_id: int) -> None:
    if not act.actor.may(Permission.CALL_EDIT, Scope(fund_id)):
        raise Forbidden(_("Your role does not allow this."))


def require_draft(call: Call) -> None:
    """Conflict unless the call has not been opened yet."""
    if call.state not in PREPARED:
        raise Conflict(_("The call has been opened, so its rules can no longer be changed."))
