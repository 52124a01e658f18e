"""Confirming the reserve list: the applicants are told their places on it."""

from sqlalchemy.orm import Session

from grants.applying.applications.models import Application
from grants.applying.applications.workflow import APPLICATION
from grants.core.audit.act import Act
from grants.core.audit.advance import advance
from grants.core.kernel.links import absolute
from grants.deciding.board.service import lock_for
from grants.deciding.letters.models import LetterKind
from grants.deciding.letters.service import attached, send_outcome
from grants.deciding.letters.writing import keep_as_sent
from grants.deciding.reserve_list.reserve import places_on_list


def confirm_reserve(session: Session, application: Application, act: Act) -> None:
    """Confirm an application's place on the reserve list of its call: the best score first. The
    applicant gets the letter with the place, which stands as it was until the list changes, and
    with the feedback that is written for it.
    """
    lock_for(session, application, "confirm_reserve", act)
    keep_as_sent(session, application, LetterKind.RESERVE, act)
    places = places_on_list(session, application.call_id)
    facts = {"place": places.get(application.id, len(places) + 1), "of": max(len(places), 1)}
    advance(session, application, APPLICATION, "confirm_reserve", act, **facts)
    send_outcome(
        session,
        application.organisation_id,
        "reserved",
        f"application:{application.id}:reserved:{act.at.isoformat()}",
        attachments=attached("reserve-letter", application.reference, application.language),
        application=application,
        url=absolute(f"/applying/{application.reference}"),
    )
