"""Papers of the profile in an application: each question whose key is a kind takes them over."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from grants.applying.applications import queries
from grants.applying.applications.models import Application, AttachedFile
from grants.applying.call_changes.conditions import required_documents
from grants.applying.calls.models import Call
from grants.applying.organisations.papers.models import OrganisationPaper, PaperKind
from grants.applying.organisations.papers.queries import papers_of
from grants.core.audit.act import Act
from grants.core.audit.advance import record
from grants.core.people.models import Organisation
from grants.platform.questions import Files

_KINDS = {kind.value: kind for kind in PaperKind}


def to_take_over(session: Session, application: Application) -> list[tuple[str, OrganisationPaper]]:
    """The question and the paper, for each paper of the profile that its question has room for and
    does not have yet. What has expired is left out.
    """
    asking = [
        question
        for question in application.call.questionnaire.questions
        if isinstance(question, Files) and question.key in _KINDS
    ]
    if not asking:
        return []
    papers = papers_of(session, application.organisation_id)
    attached = queries.files_of(session, application.id)
    return [
        (question.key, paper)
        for question in asking
        for paper in _fitting_papers(
            question, papers, [a for a in attached if a.question == question.key]
        )
    ]


def _fitting_papers(
    question: Files, papers: Sequence[OrganisationPaper], attached_files: list[AttachedFile]
) -> Iterator[OrganisationPaper]:
    room = question.most - len(attached_files)
    hashes = {attached.document.sha256 for attached in attached_files}
    for paper in papers:
        fits = paper.kind is _KINDS[question.key] and not paper.has_expired
        if room > 0 and fits and _is_taken(question, paper) and paper.document.sha256 not in hashes:
            room -= 1
            yield paper


def _is_taken(question: Files, paper: OrganisationPaper) -> bool:
    """Does the question take files of this kind?"""
    return paper.document.name.lower().endswith(question.accept)


@dataclass(frozen=True, slots=True)
class Needed:
    """A document that the call requires, and whether it is in the profile of an organisation."""

    title: str
    kept: bool
    """Is it a kind that profiles have?"""
    there: bool
    expired: bool


def needed(session: Session, call: Call, organisation: Organisation | None) -> list[Needed]:
    """What applicants have to attach; without an organisation, nothing is said of a profile."""
    papers = papers_of(session, organisation.id) if organisation else []
    documents = []
    for question in required_documents(call.questionnaire):
        kind = _KINDS.get(question.key) if organisation else None
        fitting = [paper for paper in papers if paper.kind is kind and _is_taken(question, paper)]
        valid = any(not paper.has_expired for paper in fitting)
        expired = bool(fitting) and not valid
        documents.append(Needed(question.title, kind is not None, valid, expired))
    return documents


def take_over(session: Session, application: Application, act: Act) -> int:
    """Hang the papers of the profile on the questions that ask for them; how many. The application
    is locked by the caller, and may be changed.
    """
    pairs = to_take_over(session, application)
    for question, paper in pairs:
        attached = AttachedFile(
            application_id=application.id, question=question, document_id=paper.document_id
        )
        attached.document = paper.document
        session.add(attached)
        name, sha256 = paper.document.name, paper.document.sha256
        record(session, application, "attach", act, file=name, sha256=sha256, paper=paper.id)
    return len(pairs)
