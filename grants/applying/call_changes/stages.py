"""Two stages: a call for concept notes, and one for full proposals by invitation.

Each stage is a call with its own form, dates and criteria; the first names the second.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.applying.call_changes.copying import copy_call, rules_of
from grants.applying.calls.form_values import moment_at
from grants.applying.calls.models import Call
from grants.applying.calls.purposes import FormPurpose
from grants.applying.calls.queries import lock
from grants.applying.calls.service import Rules, change_form, draft_call, require_draft
from grants.applying.calls.standard import CONCEPT_FORM, STANDARD_FORM
from grants.applying.calls.workflow import PREPARED
from grants.core.audit.act import Act
from grants.core.audit.advance import record
from grants.core.audit.queries import trail_of
from grants.core.kernel.errors import Conflict
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import speaking, written_language
from grants.core.people.permissions import Permission
from grants.platform.questionnaires.written import to_json

TIME_TO_DECIDE = timedelta(days=60)
"""Between the deadline of concept notes and the opening for full proposals, at first."""
TIME_TO_WRITE = timedelta(days=45)


def add_second_stage(session: Session, call: Call, act: Act) -> Call:
    """Let a draft call ask for concept notes first. Its form and the later steps of its way go to
    the second stage; the first asks the short standard form, unless the form was changed already.
    """
    act.demand(Permission.CALL_EDIT, call.scope)
    require_draft(call)
    if call.is_first_stage or call.is_second_stage:
        raise Conflict(_("The call already has two stages."))
    second = draft_call(
        session,
        call.fund,
        _rules_of_second(call),
        act,
        form=call.form_for(FormPurpose.APPLICATION),
        grantee_forms=call.grantee_forms,
        reference=f"{call.reference[:35]}-FULL",
    )
    call.board_advises = False
    link(session, call, second, act)
    if call.form == to_json(STANDARD_FORM):
        change_form(session, call, CONCEPT_FORM, act, replaced="form")
        call.ceilings = []
    return second


def link(session: Session, call: Call, second: Call, act: Act) -> None:
    """The second call takes full proposals of those whom the first invites."""
    call.second_stage = second
    record(session, call, "add_stage", act, second=second.reference)
    session.flush()
    session.expire(second, ["first_stage"])


def copy_with_stages(session: Session, call: Call, act: Act) -> Call:
    """A new draft with the rules and the form of another call a year later, and with those of its
    second stage.
    """
    copy = copy_call(session, call, act)
    if call.second_stage:
        link(session, copy, copy_call(session, call.second_stage, act), act)
    return copy


def separate_stages(session: Session, call: Call, act: Act) -> None:
    """The two stages of a draft become two calls that have nothing to do with each other."""
    act.demand(Permission.CALL_EDIT, call.scope)
    require_draft(call)
    second = call.second_stage
    if second is None:
        raise Conflict(_("The call has one stage only."))
    call.second_stage = None
    call.board_advises = second.board_advises
    record(session, call, "remove_stage", act, second=second.reference)
    session.flush()
    session.expire(second, ["first_stage"])


def join_again(session: Session, call: Call, second: Call, act: Act) -> None:
    """Put back the second stage that was taken off, while both are drafts."""
    act.demand(Permission.CALL_EDIT, call.scope)
    for stage in (call, second):
        lock(session, stage)
        require_draft(stage)
        if stage.is_first_stage or stage.is_second_stage:
            raise Conflict(_("The call already has two stages."))
    call.board_advises = False
    link(session, call, second, act)


def removed_stage(session: Session, call: Call) -> Call | None:
    """The second stage that was taken off last, if it can be put back."""
    if call.is_first_stage or call.is_second_stage or call.state not in PREPARED:
        return None
    acts = [
        row
        for row in trail_of(session, "call", call.id)
        if row.action in ("add_stage", "remove_stage")
    ]
    if not acts or acts[-1].action == "add_stage":
        return None
    by_reference = Call.reference == acts[-1].facts["second"]
    second = session.scalar(select(Call).where(by_reference, Call.fund_id == call.fund_id))
    if second is None or second.is_first_stage or second.is_second_stage:
        return None
    return second if second.state in PREPARED else None


def _rules_of_second(call: Call) -> Rules:
    """The same rules and texts, with later dates at the same times of the day."""
    zone = call.zone
    began, ended = call.opens_at.astimezone(zone), call.deadline_at.astimezone(zone)
    opens_on = ended.date() + TIME_TO_DECIDE
    ends_on = opens_on + TIME_TO_WRITE
    return replace(
        rules_of(call),
        title=dict(_stage_titles(call)),
        opens_at=moment_at(opens_on, began.time(), zone),
        deadline_at=moment_at(ends_on, ended.time(), zone),
        earliest_start_on=_earliest_start(call, ends_on),
        applications_per_organisation=1,
        questions_until=None,
        answers_on=None,
        eligibility=[
            {name: row[name] for name in row if name not in {"ask", "remedy"}}
            for row in call.eligibility
        ],
    )


def _earliest_start(call: Call, deadline_on: date) -> date | None:
    """That of the first stage, or the day after the later deadline."""
    first = call.earliest_start_on
    return max(first, deadline_on + timedelta(days=1)) if first else None


def _stage_titles(call: Call) -> Iterator[tuple[str, str]]:
    for code, title in call.title.items():
        with speaking(written_language(code)):
            yield code, _("%(title)s: full proposals", title=title)
