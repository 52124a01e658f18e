"""What becomes of a draft: submitted, withdrawn, given more time."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from grants.applying.application_search.answer_words import keep_words
from grants.applying.applications import queries
from grants.applying.applications.models import Application, Submission
from grants.applying.applications.workflow import APPLICATION, FINAL, ON_THE_WAY
from grants.applying.call_changes.amendments import amend_rules
from grants.applying.calls.models import Call
from grants.applying.calls.queries import open_calls
from grants.applying.calls.service import set_deadline, take_back
from grants.applying.calls.workflow import CALL
from grants.applying.drafts.eligibility import require_still_eligible
from grants.applying.drafts.service import require_open
from grants.applying.drafts.work import Work
from grants.applying.submissions.signing_off import require_sign_off
from grants.applying.submissions.snapshot import sha256_of, snapshot_of
from grants.core.audit.act import Act
from grants.core.audit.advance import advance, require
from grants.core.kernel.clock import day_of
from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _
from grants.core.kernel.links import absolute
from grants.core.people.models import Person
from grants.core.people.permissions import Permission
from grants.core.people.queries import people_of_fund, people_of_organisation
from grants.platform.messages.service import Letter, Recipient, send, send_all
from grants.platform.questionnaires.form import Section
from grants.platform.questions.reading import Problem


class Incomplete(DomainError):
    """The application cannot be submitted yet: each problem with the section it is in."""

    def __init__(self, problems: Sequence[tuple[Section, Problem]]) -> None:
        super().__init__(_("Some answers are missing or need correcting."))
        self.problems = problems


def problems_of(work: Work) -> list[tuple[Section, Problem]]:
    """Everything that is still missing before an application can be submitted, in the form's
    order.
    """
    return [(part.section, problem) for part in work.parts for problem in part.problems]


def submit(
    session: Session, application: Application, act: Act, *, is_locked: bool = False
) -> Submission:
    """Submit the application. Its arrival (`act.at`) counts; a second click changes nothing.
    `is_locked`: its row is locked already, and as it is now.
    """
    application = application if is_locked else queries.locked(session, application.id)
    handed_in = application.submitted_at and queries.submission_of(session, application.id)
    if handed_in:
        return handed_in
    require(session, application, APPLICATION, "submit", act)
    require_open(application.call, act)
    require_still_eligible(session, application)
    work = Work.of(session, application)
    if problems := problems_of(work):
        raise Incomplete(problems)
    signed = require_sign_off(session, application, work)
    snapshot = snapshot_of(application, work, act, signed)
    submission = Submission(
        application_id=application.id,
        snapshot=snapshot,
        sha256=sha256_of(snapshot),
        submitted_at=act.at,
        submitted_by_id=act.actor.person_id,
    )
    application.submitted_at = act.at
    session.add(submission)
    advance(session, application, APPLICATION, "submit", act, sha256=submission.sha256)
    keep_words(session, application, submission, fresh=True)
    _tell_of_submission(session, application, submission)
    return submission


def withdraw(session: Session, application: Application, act: Act) -> None:
    """Take the application back; it is kept for the record but goes no further."""
    application = queries.locked(session, application.id)
    was_submitted = application.submitted_at is not None
    advance(session, application, APPLICATION, "withdraw", act)
    lines: list[Person] = list(_members_of(session, application))
    if was_submitted:
        lines += people_of_fund(session, Permission.SCREENING_DECIDE, application.fund_id)
    for person in lines:
        send(
            session,
            Recipient.of(person),
            "applying/submissions/withdrawn",
            event=f"application:{application.id}:withdrawn",
            reference=application.reference,
            call=application.call,
            fund=application.call.fund,
            organisation=application.organisation.name,
            reason=act.reason,
        )


def extend_deadline(
    session: Session,
    call: Call,
    deadline_at: datetime,
    act: Act,
    reasons: Mapping[str, str] | None = None,
    questions_until: date | None = None,
) -> None:
    """Give everyone more time, and tell everyone who has a draft. `reasons` is the reason in other
    languages; `questions_until` moves the last day for questions too.
    """
    before, asked_until = call.deadline_at, call.questions_until
    set_deadline(session, call, deadline_at, act, reasons, questions_until)
    _tell_writers(
        session,
        call,
        "applying/submissions/extended",
        event=f"call:{call.id}:extended:{deadline_at.isoformat()}",
        reasons=_in_languages(act, reasons),
        deadline_at=deadline_at,
        before=before,
        questions_until=call.questions_until if call.questions_until != asked_until else None,
    )


def _tell_writers(session: Session, call: Call, template: str, event: str, **facts: Any) -> int:
    """Write to everyone who has a draft under a call. Returns how many they are."""
    writers = queries.people_with_drafts(session, call.id)
    for person in writers:
        facts |= {"call": call, "fund": call.fund, "url": absolute("/applying")}
        send(session, Recipient.of(person), template, event=event, **facts)
    return len(writers)


def _in_languages(act: Act, reasons: Mapping[str, str] | None) -> dict[str, str]:
    return {"en": act.reason or "", **(reasons or {})}


REMINDED = (14, 7, 2)
"""Days before a deadline on which the writers of drafts are reminded."""


def remind_of_deadlines(session: Session, at: datetime) -> int:
    """Write to everyone with a draft under a call whose deadline is so many days away; days are
    those of the call. The same reminder goes out once. Returns how many were written.
    """
    written = 0
    for call in open_calls(session, at):
        days = (day_of(call.deadline_at, call.zone) - day_of(at, call.zone)).days
        if days not in REMINDED:
            continue
        written += _tell_writers(
            session,
            call,
            "applying/submissions/deadline_near",
            event=f"call:{call.id}:due:{call.deadline_at:%Y-%m-%d}:{days}",
            days=days,
        )
    return written


def amend_call(
    session: Session,
    call: Call,
    rules: Mapping[str, Any],
    act: Act,
    reasons: Mapping[str, str] | None = None,
) -> None:
    """Publish an amendment of an open call, and tell everyone who has a draft what has changed.
    `reasons` is the reason in other languages.
    """
    amended = amend_rules(session, call, rules, act, reasons)
    _tell_writers(
        session,
        call,
        "applying/submissions/amended",
        event=f"call:{call.id}:amended:{act.at.isoformat()}",
        reasons=_in_languages(act, reasons),
        amended=amended,
    )


def withdraw_call(
    session: Session, call: Call, act: Act, reasons: Mapping[str, str] | None = None
) -> None:
    """Take a call back, for a reason. Drafts stay as they are, to be read and used again; what has
    been submitted is withdrawn with it. Everyone who wrote is notified. DomainError once an
    application has been reviewed: then each has to be decided.
    """
    take_back(session, call, act, reasons)
    if call.second_stage and CALL.step("withdraw").sources.count(call.second_stage.state):
        withdraw_call(session, call.second_stage, act, reasons)
    handed_in = queries.submitted_to(session, call.id)
    if any(
        submitted.state not in ON_THE_WAY for submitted in handed_in if submitted.state not in FINAL
    ):
        raise DomainError(
            _("Applications to this call have been reviewed. Decide on each of them instead.")
        )
    people = {person.id: person for person in queries.people_with_drafts(session, call.id)}
    for application in handed_in:
        if application.state in ON_THE_WAY:
            advance(session, application, APPLICATION, "end_with_call", act)
            people |= {person.id: person for person in _members_of(session, application)}
    for person in people.values():
        send(
            session,
            Recipient.of(person),
            "applying/submissions/call_withdrawn",
            event=f"call:{call.id}:withdrawn",
            call=call,
            fund=call.fund,
            reasons=_in_languages(act, reasons),
            url=absolute("/applying"),
        )


def _members_of(session: Session, application: Application) -> Sequence[Person]:
    return people_of_organisation(
        session, application.organisation_id, Permission.APPLICATION_WRITE
    )


def _tell_of_submission(session: Session, application: Application, submission: Submission) -> None:
    """A copy of what was submitted, to everyone who writes for the organisation."""
    facts = {
        "reference": application.reference,
        "call": application.call,
        "fund": application.call.fund,
        "organisation": application.organisation.name,
        "sha256": submission.sha256,
        "submitted_at": submission.submitted_at,
        "url": absolute(f"/applying/{application.reference}"),
    }
    copy = [{"document": "submission", "reference": application.reference}]
    event, template = f"application:{application.id}:submitted", "applying/submissions/submitted"
    send_all(
        session,
        [
            Letter(Recipient.of(person), template, event, facts, copy)
            for person in _members_of(session, application)
        ],
    )
