"""The e-mails about a letter of reference: to the person who writes it, and to the applicant."""

from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from grants.applying.references.models import LetterRequest
from grants.applying.references.queries import ends_at, letter_question
from grants.core.audit.act import Act
from grants.core.kernel.links import absolute
from grants.core.people import credentials
from grants.core.people.permissions import Permission
from grants.core.people.queries import people_of_organisation
from grants.platform.messages.service import Recipient, send
from grants.platform.questions.references import MOST_DAYS_AFTER

LETTER = "reference_letter"
"""Purpose of the link with which a person writes a letter."""


def send_link(session: Session, request: LetterRequest, template: str, act: Act) -> None:
    """Send a link with which the letter is written. It opens for longer than the letter may come:
    the deadline may be extended, and who is late reads why it is closed.
    """
    question = letter_question(request.application, request.question)
    end = ends_at(request.application, question)
    token = credentials.make_link(
        session,
        LETTER,
        request.email,
        {"request": request.id, "made": act.at.isoformat()},
        expires_at=end + timedelta(days=MOST_DAYS_AFTER),
    )
    facts = {
        "url": absolute(f"/letters-of-reference/{token}"),
        "end": end,
        "confidential": question.confidential,
        "asker": act.actor.name,
    }
    write_to(session, request, template, facts, credentials.digest(token)[:20])


def write_to(
    session: Session,
    request: LetterRequest,
    template: str,
    facts: dict[str, Any],
    mark: str = "",
) -> None:
    """Write to the person who is asked, in the language that the applicant has chosen."""
    application = request.application
    send(
        session,
        Recipient(request.email, request.name, request.language),
        f"applying/references/{template}",
        event=f"letter:{request.id}:{template}:{mark}",
        name=request.name,
        organisation=application.organisation.name,
        call=application.call,
        fund=application.call.fund,
        title=application.title or application.reference,
        **facts,
    )


def tell_writers(session: Session, request: LetterRequest, template: str) -> None:
    """To the people who write the application: the letter has come, or will not."""
    application = request.application
    for person in people_of_organisation(
        session, application.organisation_id, Permission.APPLICATION_WRITE
    ):
        send(
            session,
            Recipient.of(person),
            f"applying/references/{template}",
            event=f"letter:{request.id}:{template}",
            name=request.name,
            call=application.call,
            fund=application.call.fund,
            title=application.title or application.reference,
            url=absolute(f"/applying/{application.reference}/letters/{request.question}"),
        )
