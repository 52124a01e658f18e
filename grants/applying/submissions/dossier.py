"""The dossier: an application as its readers see it, frozen, in the reader's language.

Pages, reviewers and PDFs are made of this one value. Who may ask for it is decided by the person
who calls: the pages here, the reviews room after the declaration, the statements room.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any, Self

from sqlalchemy import inspect
from sqlalchemy.orm import Session, defer

from grants.applying.applications.models import Application, AttachedFile, Submission
from grants.applying.applications.workflow import APPLICATION
from grants.applying.drafts.work import Work
from grants.applying.organisations.facts import SUBMITTED, submitted_facts
from grants.applying.references.queries import with_letters
from grants.applying.submissions.clarifying import Compared, compared
from grants.applying.submissions.snapshot import canonical
from grants.applying.submissions.translated import translated, translated_changes
from grants.core.kernel.language import current_language
from grants.core.kernel.money import Money, usd
from grants.core.kernel.reading import preferred, reading
from grants.platform.questionnaires.form import Form
from grants.platform.questionnaires.presentation import FileShown, ShownSection, shown_sections
from grants.platform.questions.budget import Budget


@dataclass(frozen=True, slots=True)
class OrganisationShown:
    """Who applies, as registered when the application was submitted."""

    code: str
    name: str
    country: str | None
    stated: Mapping[str, Any] = MappingProxyType({})
    """The facts of its profile that are submitted, by their keys."""

    @classmethod
    def of(cls, code: str, plain: Mapping[str, Any]) -> Self:
        """From the facts as JSON; what is not kept of a fact is blank."""
        stated = {fact.key: fact.kind.restored(plain.get(fact.key)) for fact in SUBMITTED}
        return cls(code, stated.pop("name"), stated.pop("country") or None, stated)

    @property
    def rows(self) -> list[tuple[str, str]]:
        """Label and words of each fact that is stated, besides name and country."""
        facts = [fact for fact in SUBMITTED if self.stated.get(fact.key)]
        return [(str(fact.label), fact.kind.words(self.stated[fact.key])) for fact in facts]


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
    def is_translated(self) -> bool:
        """Does a translation stand beside an answer?"""
        changed = (change for exchange in self.clarified for change in exchange.changes)
        answers = (answer for section in self.sections for answer in section.answers)
        beside = (*answers, *(answer for pair in changed for answer in (pair.before, pair.after)))
        return any(answer.translations for answer in beside)

    @property
    def files(self) -> list[FileShown]:
        """Every file, in the order of the form."""
        return [f for part in self.sections for answer in part.answers for f in answer.files]


def dossier(session: Session, application: Application, *, to_fund: bool = False) -> Dossier:
    """What was submitted, word for word; of a draft, what is written so far. Letters of reference
    that the applicant does not read are there only for readers of the fund (`to_fund`).
    """
    if "submission" in inspect(application).unloaded:
        submission = session.get(Submission, application.id, options=[defer(Submission.snapshot)])
    else:
        submission = application.submission
    if submission is not None:
        content = _read_submission(application, submission)
    else:
        content = _content_of_draft(application, Work.of(session, application))
    sections = with_letters(session, application, content.sections, to_fund=to_fund)
    whole = _dossier_of(application, replace(content, sections=sections), submission)
    return _with_translations(application, whole) if submission else whole


def dossier_for_fund(session: Session, application: Application) -> Dossier:
    """The dossier with the letters of reference, for the people of the fund who read it."""
    return dossier(session, application, to_fund=True)


def dossier_to_read(session: Session, application: Application) -> Dossier:
    """The dossier in the language in which its reader reads the call."""
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
    records: Iterable[Mapping[str, Any]], scans: Mapping[int, str] | None = None
) -> dict[str, list[FileShown]]:
    """Files as a submission or a clarification keeps them, by the key of the question."""
    files: dict[str, list[FileShown]] = {}
    for file in records:
        facts = {key: file[key] for key in file if key != "question"}
        scan = (scans or {}).get(file["id"], "clean")
        files.setdefault(file["question"], []).append(FileShown(**facts, scan=scan))
    return files


@dataclass(frozen=True, slots=True)
class _Content:
    """What the organisation said, in the reader's language."""

    organisation: OrganisationShown
    sections: tuple[ShownSection, ...]
    budget: tuple[tuple[str, Money], ...]
    submitted_by: str | None = None
    signed_off_by: str | None = None


MOST = 24
"""Submissions kept as they were read, some 40 kB each."""
_READ: dict[Hashable, tuple[Form, _Content]] = {}
"""By the submission's hash and what else decides how it reads. The form is kept since it is known
by its identity.
"""


def _read_submission(application: Application, submission: Submission) -> _Content:
    """A submission never changes: it is read and put into words once for all its readers."""
    scans = {attached.id: attached.document.scan.value for attached in application.files}
    form = application.call.questionnaire
    words = current_language().code, preferred()
    about = (submission.application_id, submission.sha256, id(form), *scans.items(), words)
    cached = _READ.get(about)
    if cached is None:
        if len(_READ) >= MOST:
            _READ.clear()
        cached = _READ[about] = form, _content_submitted(form, submission, scans)
    return cached[1]


def _content_submitted(form: Form, submission: Submission, scans: Mapping[int, str]) -> _Content:
    snapshot, values = submission.snapshot, values_of(submission)
    organisation = snapshot["organisation"]
    return _Content(
        OrganisationShown.of(organisation["code"], organisation),
        shown_sections(form, values, files=files_submitted(submission, scans)),
        _budget_of(form, values),
        snapshot["submitted_by"],
        _signatory_of(submission),
    )


def _content_of_draft(application: Application, work: Work) -> _Content:
    typed = {name: texts for part in work.parts for name, texts in part.typed.items()}
    organisation = application.organisation
    return _Content(
        OrganisationShown.of(organisation.code, submitted_facts(organisation)),
        shown_sections(work.form, work.values, files=_files_shown(work.files), typed=typed),
        _budget_of(work.form, work.values),
    )


def _files_shown(files: Sequence[AttachedFile]) -> dict[str, list[FileShown]]:
    by_question: dict[str, list[FileShown]] = {}
    for attached in files:
        document = attached.document
        by_question.setdefault(attached.question, []).append(
            FileShown(
                id=attached.id,
                name=document.name,
                media_type=document.media_type,
                size=document.size,
                sha256=document.sha256,
                scan=document.scan.value,
            )
        )
    return by_question


def _dossier_of(
    application: Application, content: _Content, submission: Submission | None
) -> Dossier:
    call = application.call
    minor = application.requested_minor
    return Dossier(
        reference=application.reference,
        fund=call.fund.title,
        call_reference=call.reference,
        call_title=call.name,
        title=application.title,
        organisation=content.organisation,
        country=application.country,
        requested=None if minor is None else usd(minor),
        state=str(APPLICATION.names[application.state].public),
        sections=content.sections,
        budget=content.budget,
        submitted_at=submission.submitted_at if submission else None,
        submitted_by=content.submitted_by,
        signed_off_by=content.signed_off_by,
        sha256=submission.sha256 if submission else None,
        time_zone=call.time_zone,
        clarified=_clarified_answers(application) if submission else (),
    )


def _with_translations(application: Application, whole: Dossier) -> Dossier:
    rows = application.translations
    if not rows:
        return whole
    sections = (
        replace(section, answers=tuple(translated(section.answers, rows)))
        for section in whole.sections
    )
    clarified = (
        replace(exchange, changes=tuple(translated_changes(exchange.changes, rows)))
        for exchange in whole.clarified
    )
    return replace(whole, sections=tuple(sections), clarified=tuple(clarified))


def _clarified_answers(application: Application) -> tuple[Clarified, ...]:
    return tuple(
        Clarified(clarification.question, clarification.answered_at, tuple(compared(clarification)))
        for clarification in application.clarifications
        if clarification.answered_at is not None
    )


def _signatory_of(submission: Submission) -> str | None:
    signed = submission.snapshot.get("signed_off")
    return signed["by"] if signed else None


def _budget_of(form: Form, values: Mapping[str, Any]) -> tuple[tuple[str, Money], ...]:
    for question in form.questions:
        if isinstance(question, Budget):
            return tuple(question.by_category(values.get(question.key)))
    return ()
