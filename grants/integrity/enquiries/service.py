"""Asking for references, recording what was answered, and what a visit found."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.audit.advance import record
from grants.core.audit.values import seal_value
from grants.core.kernel import clock
from grants.core.kernel.errors import Conflict, DomainError
from grants.core.kernel.language import gettext as _
from grants.core.people.models import Organisation
from grants.core.people.permissions import Permission
from grants.core.people.viewer import keep_apart
from grants.integrity.enquiries.models import Enquiry, EnquiryKind, Finding
from grants.platform.documents.service import keep
from grants.platform.file_checks.checks import Upload


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered or seen, on which day, and the file if there is one."""

    on: date
    finding: Finding
    text: str
    upload: Upload | None = None


def ask_reference(
    session: Session, organisation: Organisation, who: str, asked_on: date, act: Act
) -> Enquiry:
    """Note that a person outside was asked about an organisation."""
    enquiry = _new_enquiry(organisation, EnquiryKind.REFERENCE, who, asked_on, act)
    session.add(enquiry)
    sealed = seal_value(session, enquiry.who)
    record(session, enquiry, "ask_reference", act, organisation=organisation.code, who=sealed)
    return enquiry


def record_answer(session: Session, enquiry: Enquiry, answer: Answer, act: Act) -> None:
    """Record what the person answered; once."""
    session.refresh(enquiry, with_for_update={"of": Enquiry})
    _may_examine(enquiry.organisation_id, act)
    if enquiry.answered_on is not None:
        raise Conflict(_("The answer has already been recorded."))
    _enter_answer(session, enquiry, answer, act)
    record(session, enquiry, "record_answer", act, finding=answer.finding.value)


def record_visit(
    session: Session,
    organisation: Organisation,
    who: str,
    answer: Answer,
    act: Act,
    kind: EnquiryKind = EnquiryKind.VISIT,
) -> Enquiry:
    """Record a visit to an organisation, or an interview: who went, when, and what was found."""
    visit = _new_enquiry(organisation, kind, who, answer.on, act)
    _enter_answer(session, visit, answer, act)
    session.add(visit)
    facts = {"organisation": organisation.code, "finding": answer.finding.value}
    record(session, visit, "record_visit", act, **facts)
    return visit


def _may_examine(organisation_id: int, act: Act) -> None:
    act.demand(Permission.DUE_DILIGENCE_RECOMMEND, None)
    keep_apart(act.actor, organisation_id)


def _new_enquiry(
    organisation: Organisation, kind: EnquiryKind, who: str, day: date, act: Act
) -> Enquiry:
    _may_examine(organisation.id, act)
    if not who.strip():
        raise DomainError(_("Say who was asked, or who went."))
    _not_ahead(day)
    return Enquiry(
        organisation_id=organisation.id,
        organisation=organisation,
        kind=kind,
        who=who.strip()[:200],
        asked_on=day,
        recorded_by_id=act.actor.person_id,
        recorded_at=act.at,
    )


def _not_ahead(day: date) -> None:
    if day > clock.today():
        raise DomainError(_("This date is in the future."))


def _enter_answer(session: Session, enquiry: Enquiry, answer: Answer, act: Act) -> None:
    _not_ahead(answer.on)
    if answer.on < enquiry.asked_on:
        raise DomainError(_("The answer cannot come before the question."))
    if not answer.text.strip():
        raise DomainError(_("Say what was answered or seen."))
    enquiry.answered_on, enquiry.finding = answer.on, answer.finding
    enquiry.text = answer.text.strip()
    if answer.upload is not None:
        enquiry.document = keep(session, answer.upload, act)
