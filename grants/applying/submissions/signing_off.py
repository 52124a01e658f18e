"""The signatory of an organisation signs off its application, where the call asks for it.

A sign-off is for exactly one text: it keeps the hash of all answers and files, and counts only as
long as they are the same.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from grants.applying.applications.models import Application, SignOff
from grants.applying.calls.models import Call
from grants.applying.calls.queries import taking_at
from grants.applying.drafts.service import writable
from grants.applying.drafts.work import Work
from grants.applying.submissions.snapshot import answers_in, files_in, sha256_of
from grants.core.audit.act import Act
from grants.core.audit.advance import record
from grants.core.database.moments import NOW
from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _
from grants.core.kernel.links import absolute
from grants.core.people.models import Person
from grants.core.people.permissions import Permission
from grants.core.people.queries import people_of_organisation
from grants.core.people.viewer import Viewer
from grants.platform.messages.service import tell


@dataclass(frozen=True, slots=True)
class Signing:
    """How far the sign-off of an application is. `asked`: it waits for the signatory; `earlier` was
    given for a text that has changed since.
    """

    standing: SignOff | None = None
    earlier: SignOff | None = None
    asked: bool = False


def text_of(application: Application, work: Work) -> str:
    """The hash of what a signatory signs: every answer and every file."""
    facts: dict[str, Any] = {
        "application": application.reference,
        "answers": answers_in(work),
        "files": files_in(work),
    }
    return sha256_of(facts)


def signing_of(session: Session, application: Application, work: Work) -> Signing:
    """How far the sign-off is, of the text as it is now."""
    rows = _sign_offs_of(session, application)
    signed = [row for row in rows if row.sha256 is not None]
    text = text_of(application, work) if signed else ""
    current = next((row for row in signed if row.sha256 == text), None)
    return Signing(
        standing=current,
        earlier=None if current or not signed else signed[0],
        asked=any(row.sha256 is None for row in rows),
    )


def ask_sign_off(session: Session, application: Application, act: Act) -> list[Person]:
    """Ask those who sign for the organisation to read the application and sign it off."""
    application = writable(session, application, act)
    _require_asked_for(application.call)
    _require_complete(Work.of(session, application))
    signatories = signatories_of(session, application)
    if not signatories:
        raise DomainError(_("Your organisation has no signatory. Invite one first."))
    if not any(row.sha256 is None for row in _sign_offs_of(session, application)):
        session.add(
            SignOff(application_id=application.id, asked_at=act.at, asked_by_id=act.actor.person_id)
        )
    record(session, application, "ask_sign_off", act)
    tell(
        session,
        signatories,
        "applying/submissions/sign_off_asked",
        act,
        event=f"application:{application.id}:sign_off:{act.at:%Y-%m-%dT%H}",
        writer=act.actor.name,
        url=absolute(f"/applying/{application.reference}/sign"),
        **_facts_of_letter(application),
    )
    return signatories


def sign_off(session: Session, application: Application, hash_seen: str, act: Act) -> SignOff:
    """Sign off the text whose hash was `seen`. DomainError if it has changed since it was read;
    the same text again changes nothing. Those who write are notified.
    """
    application = writable(session, application, act)
    act.demand(Permission.APPLICATION_SIGN, application.scope)
    _require_asked_for(application.call)
    work = Work.of(session, application)
    _require_complete(work)
    text = text_of(application, work)
    if text != hash_seen:
        raise DomainError(
            _("An answer has changed since you opened this page. Read the application again.")
        )
    rows = _sign_offs_of(session, application)
    if current := next((row for row in rows if row.sha256 == text), None):
        return current
    row = next((row for row in rows if row.sha256 is None), None)
    if row is None:
        row = SignOff(
            application_id=application.id, asked_at=act.at, asked_by_id=act.actor.person_id
        )
        session.add(row)
    row.signed_at, row.signed_by_id, row.sha256 = act.at, act.actor.person_id, text
    record(session, application, "sign_off", act, sha256=text)
    session.flush()
    _tell_of_sign_off(session, application, act)
    return row


def require_sign_off(session: Session, application: Application, work: Work) -> SignOff | None:
    """The sign-off of the text as it is; DomainError where the call asks for one and there is
    none.
    """
    if not application.call.signatory_signs:
        return None
    signing = signing_of(session, application, work)
    if signing.standing is not None:
        return signing.standing
    if signing.earlier is not None:
        raise DomainError(
            _("An answer has changed since the signatory signed off. Ask for a new sign-off.")
        )
    raise DomainError(_("A signatory of your organisation must sign off the application first."))


def signatories_of(session: Session, application: Application) -> list[Person]:
    """The people who may sign off for the organisation."""
    return list(
        people_of_organisation(session, application.organisation_id, Permission.APPLICATION_SIGN)
    )


def to_sign(viewer: Viewer) -> Select[Any]:
    """Drafts that wait for this person's sign-off."""
    return (
        select(Application)
        .join(Application.call)
        .where(
            Application.organisation_id.in_(viewer.organisations_with(Permission.APPLICATION_SIGN)),
            Application.is_draft,
            taking_at(NOW),
            select(SignOff.id)
            .where(SignOff.application_id == Application.id, SignOff.signed_at.is_(None))
            .exists(),
        )
        .order_by(Application.id)
    )


def to_sign_count(viewer: Viewer) -> Select[Any]:
    """How many."""
    return select(func.count()).select_from(to_sign(viewer).order_by(None).subquery())


def _sign_offs_of(session: Session, application: Application) -> list[SignOff]:
    """Every sign-off of an application, asked and given, the newest first."""
    return list(
        session.scalars(
            select(SignOff)
            .where(SignOff.application_id == application.id)
            .order_by(SignOff.id.desc())
        )
    )


def _require_asked_for(call: Call) -> None:
    if not call.signatory_signs:
        raise DomainError(_("This call does not ask for a sign-off."))


def _require_complete(work: Work) -> None:
    if any(part.problems for part in work.parts):
        raise DomainError(
            _(
                "Some answers are missing or need correcting. A signatory signs off the "
                "application once it is complete."
            )
        )


def _tell_of_sign_off(session: Session, application: Application, act: Act) -> None:
    people = people_of_organisation(
        session, application.organisation_id, Permission.APPLICATION_WRITE
    )
    tell(
        session,
        [person for person in people if person.id != act.actor.person_id],
        "applying/submissions/signed_off",
        act,
        event=f"application:{application.id}:signed:{act.at.isoformat()}",
        signatory=act.actor.name,
        url=absolute(f"/applying/{application.reference}/check"),
        **_facts_of_letter(application),
    )


def _facts_of_letter(application: Application) -> dict[str, Any]:
    """What every e-mail about the sign-off names."""
    call = application.call
    return {
        "call": call,
        "fund": call.fund,
        "title": application.title or application.reference,
    }
