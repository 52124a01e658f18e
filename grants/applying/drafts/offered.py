"""What was uploaded in an application is offered to the profile once; the next one finds it there.

Each question whose key is a kind of paper asks for what a profile keeps.
"""

from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, aliased

from grants.applying.applications.models import Application, AttachedFile
from grants.applying.applications.queries import files_of
from grants.applying.organisations.papers.models import PaperKind
from grants.applying.organisations.papers.queries import versions_of
from grants.applying.organisations.papers.service import Paper, add_document
from grants.core.audit.act import Act
from grants.core.audit.advance import record
from grants.core.kernel.errors import Forbidden
from grants.core.kernel.language import gettext as _
from grants.core.people.permissions import Permission
from grants.core.people.service import lock_organisation
from grants.platform.documents.models import Document, ScanState

_KINDS = {kind.value: kind for kind in PaperKind}


def kind_of(attached: AttachedFile) -> PaperKind:
    """As what its profile would keep it."""
    return _KINDS[attached.question]


def to_offer(session: Session, application: Application) -> Sequence[AttachedFile]:
    """The files of an application that its profile could keep: neither kept there, now or before,
    nor offered already in this application or in another.
    """
    files = [
        attached
        for attached in files_of(session, application.id)
        if attached.question in _KINDS
        and not attached.is_letter
        and attached.document.scan is not ScanState.INFECTED
    ]
    if not files:
        return []
    answered = {
        paper.document.sha256 for paper in versions_of(session, application.organisation_id)
    } | _offered_hashes(session, application)
    return [attached for attached in files if attached.document.sha256 not in answered]


def _offered_hashes(session: Session, application: Application) -> set[str]:
    """The contents that this organisation was asked about."""
    other = aliased(Application)
    return set(
        session.scalars(
            select(Document.sha256).where(
                exists().where(
                    AttachedFile.document_id == Document.id,
                    AttachedFile.offer_answered_at.is_not(None),
                    AttachedFile.application_id == other.id,
                    other.organisation_id == application.organisation_id,
                )
            )
        )
    )


def answer_offer(
    session: Session, application: Application, valid_until: Mapping[int, date | None], act: Act
) -> int:
    """Keep the files that `valid_until` names in the profile, each with the last day on which it is
    valid; the others are not offered again. Returns how many are kept.
    """
    if not act.actor.may(Permission.APPLICATION_WRITE, application.scope):
        raise Forbidden(_("Your role does not allow this."))
    lock_organisation(session, application.organisation_id)
    offered, number = to_offer(session, application), 0
    for attached in offered:
        attached.offer_answered_at = act.at
        if attached.id in valid_until:
            paper = Paper(kind_of(attached), None, valid_until[attached.id])
            add_document(session, application.organisation, paper, attached.document, act)
            number += 1
    if offered:
        record(session, application, "answer_offer", act, kept=number, offered=len(offered))
    return number
