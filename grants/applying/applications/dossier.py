"""The dossier: an application as its readers see it, frozen, in the reader's language.

Pages, reviewers and PDFs are made of this one value. Who may ask for it is decided by the person
who calls: the pages here, the reviews room after the declaration, the statements room.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from grants.applying.applications.clarifying import Compared, compared
from grants.applying.applications.models import Application, AttachedFile, Submission
from grants.applying.applications.queries import submission_of
from grants.applying.applications.snapshot import canonical
from grants.applying.applications.work import Work
from grants.applying.applications.workflow import APPLICATION
from grants.core.kernel.money import Money, usd
from grants.core.kernel.reading import reading
from grants.platform.questionnaires.kinds.budget import Budget
from grants.platform.questionnaires.shown import FileShown, ShownSection, shown
from grants.platform.questionnaires.tables import by_category


@dataclass(frozen=True, slots=True)
class OrganisationShown:
    """Who applies, as registered when the application was submitted."""

    code: str
    name: str
    country: str | None
    registration_number: str | None
    registered_on: date | None
    website: str | None


@dataclass(frozen=True, slots=True)
class Clarified:
    """What the fund asked after the submission, and the answers that were changed for it."""

    question: str
    answered_at: datetime
    changes: tuple[Compared, ...]


@dataclass(frozen=True, slots=True)
class Dossier:
    """A whole application. `sha256` and `submitted_at` are None for a draft."""

    reference: str
    fund: str
    call_reference: str
    call_title: str
    title: str
    organisation: OrganisationShown
    country: str | None
    requested: Money | None
    state: str
    sections: tuple[ShownSection, ...]
    budget: tuple[tuple[str, Money], ...]
    """What is asked for by category."""
    submitted_at: datetime | None
    submitted_by: str | None
    signed_off_by: str | None
    """The signatory, where the call asks for a sign-off."""
    sha256: str | None
    time_zone: str
    clarified: tuple[Clarified, ...] = ()
    """What was clarified after the submission, which stays as it is; the oldest first."""

    @property
    def files(self) -> list[FileShown]:
        """Every file, in the order of the form."""
        return [f for part in self.sections for answer in part.answers for f in answer.files]


def dossier(session: Session, application: Application) -> Dossier:
    """What was submitted, word for word; of a draft, what is written so far."""
    submission = submission_of(session, application.id)
    if submission is not None:
        return _of_submission(application, submission)
    return _of_draft(application, Work.of(session, application))


def dossier_to_read(session: Session, application: Application) -> Dossier:
    """The same in the language in which its reader reads the call."""
    with reading(application.call.text_languages):
        return dossier(session, application)


def canonical_text(submission: Submission) -> str:
    """The text whose SHA-256 was given at submission, for a person who wants to compute it
    again.
    """
    return canonical(submission.snapshot)


def values_of(submission: Submission) -> dict[str, Any]:
    """What was answered, by the key of the question."""
    parts = submission.snapshot["answers"].values()
    return {key: value for part in parts for key, value in part.items()}


def files_submitted(
    submission: Submission, scans: Mapping[int, str] | None = None
) -> dict[str, list[FileShown]]:
    """The files that were submitted, by the key of the question; `scans`: their virus checks."""
    return files_by_question(submission.snapshot["files"], scans)


def files_by_question(
    kept: Iterable[Mapping[str, Any]], scans: Mapping[int, str] | None = None
) -> dict[str, list[FileShown]]:
    """Files as a submission or a clarification keeps them, by the key of the question."""
    files: dict[str, list[FileShown]] = {}
    for file in kept:
        facts = {key: file[key] for key in file if key != "question"}
        scan = (scans or {}).get(file["id"], "clean")
        files.setdefault(file["question"], []).append(FileShown(**facts, scan=scan))
    return files


def _of_submission(application: Application, submission: Submission) -> Dossier:
    found, values = submission.snapshot, values_of(submission)
    scans = {attached.id: attached.document.scan.value for attached in application.files}
    files = files_submitted(submission, scans)
    organisation = found["organisation"]
    registered_on = organisation["registered_on"]
    return _dossier(
        application,
        values,
        shown(application.call.questionnaire, values, files=files),
        OrganisationShown(
            organisation["code"],
            organisation["name"],
            organisation["country"],
            organisation["registration_number"],
            date.fromisoformat(registered_on) if registered_on else None,
            organisation["website"],
        ),
        submission,
    )


def _of_draft(application: Application, work: Work) -> Dossier:
    typed = {name: texts for part in work.parts for name, texts in part.typed.items()}
    organisation = application.organisation
    return _dossier(
        application,
        work.values,
        shown(work.form, work.values, files=_files_shown(work.files), typed=typed),
        OrganisationShown(
            organisation.code,
            organisation.name,
            organisation.country,
            organisation.registration_number,
            organisation.registered_on,
            organisation.website,
        ),
        None,
    )


def _files_shown(files: Sequence[AttachedFile]) -> dict[str, list[FileShown]]:
    found: dict[str, list[FileShown]] = {}
    for attached in files:
        document = attached.document
        found.setdefault(attached.question, []).append(
            FileShown(
                id=attached.id,
                name=document.name,
                media_type=document.media_type,
                size=document.size,
                sha256=document.sha256,
                scan=document.scan.value,
            )
        )
    return found


def _dossier(
    application: Application,
    values: Mapping[str, Any],
    sections: tuple[ShownSection, ...],
    organisation: OrganisationShown,
    submission: Submission | None,
) -> Dossier:
    call = application.call
    minor = application.requested_minor
    return Dossier(
        reference=application.reference,
        fund=call.fund.title,
        call_reference=call.reference,
        call_title=call.name,
        title=application.title,
        organisation=organisation,
        country=application.country,
        requested=None if minor is None else usd(minor),
        state=str(APPLICATION.names[application.state].public),
        sections=sections,
        budget=_budget_of(application, values),
        submitted_at=submission.submitted_at if submission else None,
        submitted_by=submission.snapshot["submitted_by"] if submission else None,
        signed_off_by=_signatory(submission),
        sha256=submission.sha256 if submission else None,
        time_zone=call.time_zone,
        clarified=_clarified(application) if submission else (),
    )


def _clarified(application: Application) -> tuple[Clarified, ...]:
    return tuple(
        Clarified(one.question, one.answered_at, tuple(compared(one)))
        for one in application.clarifications
        if one.answered_at is not None
    )


def _signatory(submission: Submission | None) -> str | None:
    signed = submission.snapshot.get("signed_off") if submission else None
    return signed["by"] if signed else None


def _budget_of(
    application: Application, values: Mapping[str, Any]
) -> tuple[tuple[str, Money], ...]:
    for question in application.call.questionnaire.questions:
        if isinstance(question, Budget):
            return tuple(by_category(question, values.get(question.key)))
    return ()
