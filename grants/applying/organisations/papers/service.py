"""An organisation uploads its papers once, renews them, and is reminded before they expire."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from grants.applying.organisations.papers.models import SEVERAL, OrganisationPaper, PaperKind
from grants.applying.organisations.papers.queries import expiring, papers_of
from grants.core.audit.act import Act
from grants.core.audit.advance import record
from grants.core.kernel import clock
from grants.core.kernel.errors import Conflict, DomainError, Forbidden
from grants.core.kernel.language import gettext as _
from grants.core.kernel.links import absolute
from grants.core.people.models import Organisation
from grants.core.people.permissions import Permission
from grants.core.people.queries import people_of_organisation
from grants.core.people.service import lock_organisation
from grants.platform.documents.models import Document
from grants.platform.documents.service import keep
from grants.platform.file_checks.checks import ENDINGS, Upload
from grants.platform.messages.service import Recipient, send


@dataclass(frozen=True, slots=True)
class Paper:
    """What a person says of a paper that they upload."""

    kind: PaperKind
    issued_on: date | None = None
    expires_on: date | None = None


def add_paper(
    session: Session, organisation: Organisation, paper: Paper, upload: Upload, act: Act
) -> OrganisationPaper:
    """Keep a paper in the profile. Of most kinds there is one: the version before it ends and stays
    in the history.

    DomainError for dates that cannot be; InvalidInput for a file that cannot be kept.
    """
    _require_writer(act, organisation)
    _require_dates(paper)
    lock_organisation(session, organisation.id)
    document = keep(session, upload, act, organisation_id=organisation.id, accept=ENDINGS)
    return _added(session, organisation, paper, document, act)


def add_document(
    session: Session, organisation: Organisation, paper: Paper, document: Document, act: Act
) -> OrganisationPaper:
    """Keep in the profile what the organisation has uploaded elsewhere already. Of most kinds it
    replaces the version before, as an upload does.
    """
    _require_writer(act, organisation)
    _require_dates(paper)
    lock_organisation(session, organisation.id)
    return _added(session, organisation, paper, document, act)


def _require_dates(paper: Paper) -> None:
    if paper.issued_on and paper.issued_on > clock.today():
        raise DomainError(_("The date of issue cannot be in the future."))
    if paper.expires_on and paper.expires_on < clock.today():
        raise DomainError(_("This document has expired. Upload the renewed one."))
    if paper.issued_on and paper.expires_on and paper.expires_on <= paper.issued_on:
        raise DomainError(_("The document must expire after its date of issue."))


def _added(
    session: Session, organisation: Organisation, paper: Paper, document: Document, act: Act
) -> OrganisationPaper:
    if paper.kind not in SEVERAL:
        for before in papers_of(session, organisation.id, paper.kind):
            before.ended_at = act.at
    added = OrganisationPaper(
        organisation_id=organisation.id,
        kind=paper.kind,
        document=document,
        issued_on=paper.issued_on,
        expires_on=paper.expires_on,
        added_at=act.at,
    )
    session.add(added)
    session.flush()
    record(session, organisation, "add_paper", act, kind=paper.kind.value, sha256=document.sha256)
    return added


def end_paper(session: Session, paper: OrganisationPaper, act: Act) -> None:
    """Take a paper out of the profile: new applications do not take it over. It stays in the
    history and in the applications that have it.
    """
    _require_writer(act, paper.organisation)
    session.refresh(paper, with_for_update={"of": OrganisationPaper})
    if paper.ended_at is not None:
        raise Conflict(_("This document has already been replaced or removed."))
    paper.ended_at = act.at
    record(session, paper.organisation, "end_paper", act, kind=paper.kind.value, paper=paper.id)


def remind_of_expiry(session: Session) -> None:
    """Ask administrators for the renewed paper: a month before it expires, and when it has."""
    for paper in expiring(session):
        stage = "expired" if paper.has_expired else "soon"
        admins = people_of_organisation(
            session, paper.organisation_id, Permission.ORGANISATION_EDIT
        )
        for person in admins:
            send(
                session,
                Recipient.of(person),
                f"applying/organisations/paper_{stage}",
                event=f"paper:{paper.id}:{stage}",
                organisation=paper.organisation.name,
                paper=paper.kind.label,
                day=paper.expires_on,
                url=absolute(f"/organisations/{paper.organisation.code}/papers"),
            )


def _require_writer(act: Act, organisation: Organisation) -> None:
    """Those who write for an organisation keep its papers."""
    if organisation.id not in act.actor.organisations_with(Permission.APPLICATION_WRITE):
        raise Forbidden(_("Your role does not allow this."))
