"""Telephone numbers of an organisation that the fund knew before it was asked to pay elsewhere."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from grants.applying.applications.models import Application, Submission
from grants.core.audit.queries import trail_of
from grants.core.kernel.language import gettext as _
from grants.granting.bank_details.models import BankDetails
from grants.granting.bank_details.workflow import APPROVED
from grants.platform.questions.personal import PHONE, findings


@dataclass(frozen=True, slots=True)
class KnownNumber:
    """A telephone number, where the fund has it from, and since when."""

    number: str
    source: str
    since: datetime

    @property
    def digits(self) -> str:
        """What is dialled, without the marks that make it readable."""
        return re.sub(r"\D", "", self.number)


def known_numbers(session: Session, details: BankDetails) -> list[KnownNumber]:
    """The numbers that were known before these details were requested, the oldest first; each
    once.
    """
    numbers: dict[str, KnownNumber] = {}
    phones = (
        *_from_profile(session, details),
        *_from_calls(session, details),
        *_from_applications(session, details),
    )
    for phone in sorted(phones, key=lambda phone: phone.since):
        numbers.setdefault(phone.digits, phone)
    return list(numbers.values())


def _from_profile(session: Session, details: BankDetails) -> Iterator[KnownNumber]:
    """What the profile has said, as its trail keeps it: what was entered later does not count."""
    organisation = details.organisation
    requested = trail_of(session, "bank_details", details.id)[0].id
    changes = [
        row
        for row in trail_of(session, "organisation", organisation.id)
        if row.action == "describe" and "telephone" in row.facts["before"]
    ]
    texts = [*(row.facts["before"]["telephone"] for row in changes), organisation.telephone or ""]
    since = [(0, organisation.created_at), *((row.id, row.at) for row in changes)]
    for telephone, (row_id, moment) in zip(texts, since, strict=True):
        if telephone and row_id < requested:
            yield KnownNumber(telephone, _("profile of the organisation"), moment)


def _from_calls(session: Session, details: BankDetails) -> Iterator[KnownNumber]:
    """Numbers by which accounts that two people approved were confirmed."""
    earlier = select(BankDetails).where(
        BankDetails.organisation_id == details.organisation_id,
        BankDetails.id < details.id,
        BankDetails.state.in_(APPROVED),
    )
    for request in session.scalars(earlier):
        yield KnownNumber(request.called_number, _("earlier call-back"), request.requested_at)


def _from_applications(session: Session, details: BankDetails) -> Iterator[KnownNumber]:
    """What submitted applications say of people to contact."""
    submissions = session.scalars(
        select(Submission)
        .join(Submission.application)
        .where(
            Application.organisation_id == details.organisation_id,
            Submission.submitted_at < details.requested_at,
        )
        .options(joinedload(Submission.application).joinedload(Application.call))
    )
    for submission in submissions:
        application = submission.application
        source = _("application %(reference)s", reference=application.reference)
        for number in _numbers_in(application, submission.snapshot["answers"]):
            yield KnownNumber(number, source, submission.submitted_at)


def _numbers_in(application: Application, answers: dict[str, Any]) -> Iterator[str]:
    """The telephone numbers of the questions that ask for people to contact."""
    values = {key: value for part in answers.values() for key, value in part.items()}
    for question in application.call.questionnaire.questions:
        if getattr(question, "people", False):
            for finding in findings(str(values.get(question.key) or "")):
                if finding.kind == PHONE:
                    yield re.sub(r"^[^\d+(]*", "", finding.excerpt)
